import { nodeHash, type Hash } from './hash.ts';

/**
 * Reads the root of a full subtree: level 0 are the leaf hashes, node (level, index) covers the leaves
 * index × 2^level and the 2^level - 1 after it. A tree of n leaves has all full subtrees below n.
 */
export type ReadNode = (level: number, index: number) => Promise<Uint8Array> | Uint8Array;

export interface Node {
  readonly level: number;
  readonly index: number;
  readonly hash: Uint8Array;
}

/**
 * The nodes that the leaf number `size` (0 is the first) completes, its own first: what to store to append
 * it. Reads one node a level.
 */
export const appendedNodes = async (
  hash: Hash,
  readNode: ReadNode,
  size: number,
  leaf: Uint8Array,
): Promise<readonly Node[]> => {
  const nodes: Node[] = [{ level: 0, index: size, hash: leaf }];
  let index = size;
  let top = leaf;
  for (let level = 0; index % 2 === 1; level++) {
    top = nodeHash(hash, await readNode(level, index - 1), top);
    index = (index - 1) / 2;
    nodes.push({ level: level + 1, index, hash: top });
  }
  return nodes;
};

/** Nodes over leaves held in memory; subtrees are computed when asked for and kept. */
export const nodesOf = (hash: Hash, leafHashes: readonly Uint8Array[]): ReadNode => {
  const known = new Map<string, Uint8Array>();
  const read = (level: number, index: number): Uint8Array => {
    if (level === 0) return leafHashes[index] ?? missing(level, index);
    const name = `${level}/${index}`;
    const node =
      known.get(name) ?? nodeHash(hash, read(level - 1, 2 * index), read(level - 1, 2 * index + 1));
    known.set(name, node);
    return node;
  };
  return read;
};

const missing = (level: number, index: number): never => {
  throw new Error(`The tree has no node ${level}/${index}`);
};

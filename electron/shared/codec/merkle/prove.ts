import { fail, ok, type Result } from '../../result/index.ts';
import { emptyRoot, nodeHash, type Hash } from './hash.ts';
import type { ReadNode } from './nodes.ts';

/** MTH(D[0:size]), RFC 6962, 2.1. */
export const treeRoot = async (hash: Hash, readNode: ReadNode, size: number): Promise<Uint8Array> =>
  size === 0 ? emptyRoot(hash) : rangeRoot(hash, readNode, 0, size);

/** PATH(index, D[0:size]), RFC 6962, 2.1.1. Fault: bad-input when the leaf is not in the tree. */
export const inclusionProof = async (
  hash: Hash,
  readNode: ReadNode,
  index: number,
  size: number,
): Promise<Result<readonly Uint8Array[]>> => {
  if (!isCount(size) || !isCount(index) || index >= size) return fail('bad-input', { field: 'index' });
  const path = async (from: number, to: number): Promise<Uint8Array[]> => {
    if (to - from === 1) return [];
    const middle = from + split(to - from);
    return index < middle
      ? [...(await path(from, middle)), await rangeRoot(hash, readNode, middle, to)]
      : [...(await path(middle, to)), await rangeRoot(hash, readNode, from, middle)];
  };
  return ok(await path(0, size));
};

/**
 * PROOF(earlier, D[0:later]), RFC 6962, 2.1.2. Fault: bad-input when the sizes are not 0 < earlier ≤ later
 * (an empty tree is consistent with every tree: there is nothing to prove).
 */
export const consistencyProof = async (
  hash: Hash,
  readNode: ReadNode,
  earlier: number,
  later: number,
): Promise<Result<readonly Uint8Array[]>> => {
  if (!isCount(earlier) || !isCount(later) || earlier < 1 || earlier > later)
    return fail('bad-input', { field: 'size' });
  /** `whole`: the range begins where the earlier tree does, so the verifier knows its root. */
  const subproof = async (from: number, to: number, whole: boolean): Promise<Uint8Array[]> => {
    if (to === earlier) return whole ? [] : [await rangeRoot(hash, readNode, from, to)];
    const middle = from + split(to - from);
    return earlier <= middle
      ? [...(await subproof(from, middle, whole)), await rangeRoot(hash, readNode, middle, to)]
      : [...(await subproof(middle, to, false)), await rangeRoot(hash, readNode, from, middle)];
  };
  return ok(await subproof(0, later, true));
};

/** Root over the leaves from…to-1; every range here begins at a multiple of a power of two not below its length. */
const rangeRoot = async (hash: Hash, readNode: ReadNode, from: number, to: number): Promise<Uint8Array> => {
  const length = to - from;
  const level = Math.round(Math.log2(length));
  if (2 ** level === length) return readNode(level, from / length);
  const middle = from + split(length);
  return nodeHash(
    hash,
    await rangeRoot(hash, readNode, from, middle),
    await rangeRoot(hash, readNode, middle, to),
  );
};

/** The largest power of two smaller than `length`. */
const split = (length: number): number => {
  let power = 1;
  while (2 * power < length) power *= 2;
  return power;
};

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

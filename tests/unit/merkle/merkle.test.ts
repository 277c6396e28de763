import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../../electron/shared/codec/index.ts';
import {
  appendedNodes,
  consistencyProof,
  emptyRoot,
  encodeTreeHead,
  growingTree,
  inclusionProof,
  leafHash,
  nodeHash,
  nodesOf,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
  type Hash,
} from '../../../electron/shared/codec/merkle/index.ts';

interface Claim {
  name: string;
  desc: string;
  proof: string[];
  want_error: boolean;
}
const vectors: {
  reference_leaves: string[];
  reference_roots: string[];
  inclusion: (Claim & { leaf_index: number; tree_size: number; root: string; leaf_hash: string })[];
  consistency: (Claim & { size1: number; size2: number; root1: string; root2: string })[];
} = JSON.parse(readFileSync(new URL('../../vectors/merkle/rfc6962.json', import.meta.url), 'utf8'));

const sha256: Hash = (message) => createHash('sha256').update(message).digest();
const reference = vectors.reference_leaves.map((leaf) => leafHash(sha256, fromHex(leaf)));

const valueOf = <T>(result: { ok: true; value: T } | { ok: false; fault: unknown }): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

describe('RFC 6962 vectors', () => {
  it.each(vectors.inclusion)('inclusion $name: $desc', (given) => {
    const claim = {
      index: given.leaf_index,
      size: given.tree_size,
      leafHash: fromHex(given.leaf_hash),
      proof: given.proof.map(fromHex),
      root: fromHex(given.root),
    };
    expect(verifyInclusion(sha256, claim)).toBe(!given.want_error);
  });

  it.each(vectors.consistency)('consistency $name: $desc', (given) => {
    const claim = {
      earlierSize: given.size1,
      laterSize: given.size2,
      earlierRoot: fromHex(given.root1),
      laterRoot: fromHex(given.root2),
      proof: given.proof.map(fromHex),
    };
    expect(verifyConsistency(sha256, claim)).toBe(!given.want_error);
  });

  it('are not all refused', () => {
    expect(vectors.inclusion.filter((each) => !each.want_error).length).toBeGreaterThan(4);
    expect(vectors.consistency.filter((each) => !each.want_error).length).toBeGreaterThan(4);
  });

  it.each(vectors.reference_roots.map((root, size) => ({ root, size })))(
    'root of $size leaves',
    async (given) => {
      expect(toHex(await treeRoot(sha256, nodesOf(sha256, reference), given.size))).toBe(given.root);
    },
  );

  it('are the proofs that are made here', async () => {
    const read = nodesOf(sha256, reference);
    let compared = 0;
    for (const given of vectors.inclusion.filter((each) => !each.want_error)) {
      const proof = await inclusionProof(sha256, read, given.leaf_index, given.tree_size);
      if (given.root !== vectors.reference_roots[given.tree_size]) continue;
      expect(valueOf(proof).map(toHex)).toEqual(given.proof);
      compared += 1;
    }
    for (const given of vectors.consistency.filter((each) => !each.want_error)) {
      if (given.root2 !== vectors.reference_roots[given.size2]) continue;
      const proof = await consistencyProof(sha256, read, given.size1, given.size2);
      expect(valueOf(proof).map(toHex)).toEqual(given.proof);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(8);
  });
});

/** MTH as RFC 6962, 2.1 writes it, without any of the code above. */
const plainRoot = (leaves: readonly Uint8Array[]): Uint8Array => {
  if (leaves.length === 0) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha256(Buffer.concat([Buffer.of(1), plainRoot(leaves.slice(0, k)), plainRoot(leaves.slice(k))]));
};

describe('trees of every size', () => {
  const leaves = Array.from({ length: 40 }, (_, at) => leafHash(sha256, utf8(`leaf ${at}`)));
  const roots = leaves.map((_, at) => plainRoot(leaves.slice(0, at))).concat([plainRoot(leaves)]);
  const read = nodesOf(sha256, leaves);

  it('have the root of the definition', async () => {
    for (const [size, root] of roots.entries()) expect(await treeRoot(sha256, read, size)).toEqual(root);
  });

  it('prove each leaf, and no other place, size, leaf or root', async () => {
    for (let size = 1; size <= 33; size++) {
      for (let index = 0; index < size; index++) {
        const proof = valueOf(await inclusionProof(sha256, read, index, size));
        const claim = { index, size, leafHash: leaves[index]!, proof, root: roots[size]! };
        expect(verifyInclusion(sha256, claim)).toBe(true);
        for (let other = 0; other < size; other++)
          if (other !== index) expect(verifyInclusion(sha256, { ...claim, index: other })).toBe(false);
        expect(verifyInclusion(sha256, { ...claim, leafHash: leaves[index + 1]! })).toBe(false);
        expect(verifyInclusion(sha256, { ...claim, root: roots[size + 1]! })).toBe(false);
        expect(verifyInclusion(sha256, { ...claim, proof: [...proof, leaves[0]!] })).toBe(false);
        if (proof.length > 0)
          expect(verifyInclusion(sha256, { ...claim, proof: proof.slice(1) })).toBe(false);
      }
    }
  });

  it('prove that each grew from each smaller one, and from no other', async () => {
    for (let laterSize = 1; laterSize <= 33; laterSize++) {
      for (let earlierSize = 1; earlierSize <= laterSize; earlierSize++) {
        const proof = valueOf(await consistencyProof(sha256, read, earlierSize, laterSize));
        const [earlierRoot, laterRoot] = [roots[earlierSize]!, roots[laterSize]!];
        const claim = { earlierSize, laterSize, earlierRoot, laterRoot, proof };
        expect(verifyConsistency(sha256, claim)).toBe(true);
        expect(verifyConsistency(sha256, { ...claim, earlierRoot: roots[earlierSize - 1]! })).toBe(false);
        expect(verifyConsistency(sha256, { ...claim, laterRoot: roots[laterSize + 1]! })).toBe(false);
        expect(verifyConsistency(sha256, { ...claim, proof: [...proof, leaves[0]!] })).toBe(false);
        for (const at of proof.keys()) {
          const changed = proof.map((node, place) => (place === at ? leaves[39]! : node));
          expect(verifyConsistency(sha256, { ...claim, proof: changed })).toBe(false);
          expect(verifyConsistency(sha256, { ...claim, proof: proof.toSpliced(at, 1) })).toBe(false);
        }
      }
    }
  });

  it('refuse to prove what is not in them', async () => {
    for (const [index, size] of [
      [0, 0],
      [1, 1],
      [-1, 3],
      [0.5, 3],
      [0, 2 ** 60],
    ] as const)
      expect((await inclusionProof(sha256, read, index, size)).ok).toBe(false);
    for (const [earlier, later] of [
      [0, 3],
      [4, 3],
      [-1, 3],
      [1.5, 3],
      [1, Number.NaN],
    ] as const)
      expect((await consistencyProof(sha256, read, earlier, later)).ok).toBe(false);
  });

  it('grow leaf by leaf with one read a level', async () => {
    const store = new Map<string, Uint8Array>();
    let reads = 0;
    const stored = (level: number, index: number): Uint8Array => {
      reads += 1;
      return store.get(`${level}/${index}`)!;
    };
    for (const [size, leaf] of leaves.entries()) {
      reads = 0;
      for (const node of await appendedNodes(sha256, stored, size, leaf))
        store.set(`${node.level}/${node.index}`, node.hash);
      expect(reads).toBeLessThanOrEqual(Math.log2(size + 1));
      expect(await treeRoot(sha256, stored, size + 1)).toEqual(roots[size + 1]);
    }
    const proof = valueOf(await inclusionProof(sha256, stored, 21, 40));
    expect(
      verifyInclusion(sha256, { index: 21, size: 40, leafHash: leaves[21]!, proof, root: roots[40]! }),
    ).toBe(true);
  });

  it('may be larger than 32 bits', () => {
    // A leaf at 2^33 of 2^33 + 1 leaves hangs right below the root.
    const [below, leaf] = [leaves[0]!, leaves[1]!];
    const root = nodeHash(sha256, below, leaf);
    const claim = { index: 2 ** 33, size: 2 ** 33 + 1, leafHash: leaf, proof: [below], root };
    expect(verifyInclusion(sha256, claim)).toBe(true);
    expect(verifyInclusion(sha256, { ...claim, index: 0 })).toBe(false);
    expect(
      verifyConsistency(sha256, {
        earlierSize: 2 ** 33,
        laterSize: 2 ** 33 + 1,
        earlierRoot: below,
        laterRoot: root,
        proof: [leaf],
      }),
    ).toBe(true);
  });
});

describe('hashes and tree heads', () => {
  it('tell a leaf from a node', () => {
    const [left, right] = [reference[0]!, reference[1]!];
    expect(leafHash(sha256, Buffer.concat([left, right]))).not.toEqual(nodeHash(sha256, left, right));
    expect(toHex(emptyRoot(sha256))).toBe(vectors.reference_roots[0]);
  });

  it('encode what RFC 6962, 3.5 signs', () => {
    const root = fromHex('ab'.repeat(32));
    expect(toHex(encodeTreeHead({ time: 1_700_000_000_000, size: 2 ** 33 + 5, root }))).toBe(
      `00010000018bcfe568000000000200000005${'ab'.repeat(32)}`,
    );
    expect(() => encodeTreeHead({ time: 0, size: -1, root })).toThrow();
    expect(() => encodeTreeHead({ time: 0, size: 1, root: root.slice(1) })).toThrow();
  });
});

describe('a growing tree', () => {
  it('has the reference root after every leaf', () => {
    const tree = growingTree(sha256);
    expect(toHex(tree.root())).toBe(toHex(emptyRoot(sha256)));
    for (const [at, leaf] of vectors.reference_leaves.entries()) {
      tree.append(fromHex(leaf));
      expect(tree.size()).toBe(at + 1);
      expect(toHex(tree.root())).toBe(vectors.reference_roots[at + 1]);
    }
  });

  it('has the root of the whole tree at any size', async () => {
    const tree = growingTree(sha256);
    const leaves = Array.from({ length: 70 }, (_, at) => Uint8Array.of(at));
    for (const [at, leaf] of leaves.entries()) {
      tree.append(leaf);
      const hashes = leaves.slice(0, at + 1).map((each) => leafHash(sha256, each));
      expect(toHex(tree.root())).toBe(toHex(await treeRoot(sha256, nodesOf(sha256, hashes), at + 1)));
    }
  });
});

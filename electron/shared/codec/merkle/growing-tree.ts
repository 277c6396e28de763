import { emptyRoot, leafHash, nodeHash, type Hash } from './hash.ts';

/** A tree that only grows, in the memory of its height: the roots of its full subtrees, the largest first. */
export interface GrowingTree {
  /** Number of leaves. */
  size(): number;
  /** `data` is what the leaf is the hash of (RFC 6962, 2.1). */
  append(data: Uint8Array): void;
  /** MTH of all leaves so far; of none, the hash of nothing. */
  root(): Uint8Array;
}

export const growingTree = (hash: Hash): GrowingTree => {
  const peaks: { readonly level: number; readonly hash: Uint8Array }[] = [];
  let size = 0;
  return {
    size: () => size,
    append(data) {
      let top = { level: 0, hash: leafHash(hash, data) };
      for (let left = peaks.at(-1); left?.level === top.level; left = peaks.at(-1)) {
        peaks.pop();
        top = { level: top.level + 1, hash: nodeHash(hash, left.hash, top.hash) };
      }
      peaks.push(top);
      size += 1;
    },
    root: () =>
      peaks.reduceRight<Uint8Array | undefined>(
        (right, { hash: left }) => (right === undefined ? left : nodeHash(hash, left, right)),
        undefined,
      ) ?? emptyRoot(hash),
  };
};

import { equalBytes } from '../bytes.ts';
import { nodeHash, type Hash } from './hash.ts';

export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leafHash: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** RFC 9162, 2.1.3.2: is the leaf at this place in the tree with this root? Never throws. */
export const verifyInclusion = (hash: Hash, claim: InclusionClaim): boolean => {
  const { index, size, leafHash, proof, root } = claim;
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  if (!areHashes(hash, [leafHash, root, ...proof])) return false;
  let [place, last, top] = [index, size - 1, leafHash];
  for (const node of proof) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      top = nodeHash(hash, node, top);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, half(last)];
    } else {
      top = nodeHash(hash, top, node);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && equalBytes(top, root);
};

export interface ConsistencyClaim {
  readonly earlierSize: number;
  readonly earlierRoot: Uint8Array;
  readonly laterSize: number;
  readonly laterRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * RFC 9162, 2.1.4.2: is the later tree the earlier one with leaves appended? An empty earlier tree is
 * refused, although RFC 6962 would let it pass: it is consistent with everything and proves nothing.
 * Never throws.
 */
export const verifyConsistency = (hash: Hash, claim: ConsistencyClaim): boolean => {
  const { earlierSize, earlierRoot, laterSize, laterRoot, proof } = claim;
  if (!isCount(earlierSize) || !isCount(laterSize) || earlierSize < 1 || earlierSize > laterSize)
    return false;
  // One tree named twice: nothing is hashed, so any two equal roots will do.
  if (earlierSize === laterSize) return proof.length === 0 && equalBytes(earlierRoot, laterRoot);
  if (!areHashes(hash, [earlierRoot, laterRoot, ...proof])) return false;
  // The root of a full earlier tree is itself the first node; a proof does not repeat it.
  const [first, ...rest] = isPowerOfTwo(earlierSize) ? [earlierRoot, ...proof] : proof;
  if (first === undefined || proof.length === 0) return false;
  let [place, last] = [earlierSize - 1, laterSize - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  let [earlierTop, laterTop] = [first, first];
  for (const node of rest) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      earlierTop = nodeHash(hash, node, earlierTop);
      laterTop = nodeHash(hash, node, laterTop);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, half(last)];
    } else {
      laterTop = nodeHash(hash, laterTop, node);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && equalBytes(earlierTop, earlierRoot) && equalBytes(laterTop, laterRoot);
};

const areHashes = (hash: Hash, hashes: readonly Uint8Array[]): boolean => {
  const { length } = hash(new Uint8Array(0));
  return hashes.every((each) => each.length === length);
};

/** Sizes may be larger than 32 bits, so there are no bit operations here. */
const half = (value: number): number => Math.floor(value / 2);
const isPowerOfTwo = (value: number): boolean => 2 ** Math.round(Math.log2(value)) === value;
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

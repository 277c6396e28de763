import { concatBytes } from '../bytes.ts';

/** The tree's hash function: SHA-256 of the program this runs in. */
export type Hash = (message: Uint8Array) => Uint8Array;

/** RFC 6962, 2.1: the hash of a leaf's data. The prefix keeps a node from being passed off as a leaf. */
export const leafHash = (hash: Hash, data: Uint8Array): Uint8Array =>
  hash(concatBytes(Uint8Array.of(0), data));

export const nodeHash = (hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array =>
  hash(concatBytes(Uint8Array.of(1), left, right));

/** The root of the tree without leaves. */
export const emptyRoot = (hash: Hash): Uint8Array => hash(new Uint8Array(0));

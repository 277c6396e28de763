import { concatBytes } from '../bytes.ts';

export interface TreeHead {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** What is signed to anchor a tree: TreeHeadSignature of RFC 6962, 3.5, 50 bytes. */
export const encodeTreeHead = ({ time, size, root }: TreeHead): Uint8Array => {
  if (root.length !== 32) throw new Error('The root of a tree head has 32 bytes');
  return concatBytes(Uint8Array.of(version1, treeHash), uint64(time), uint64(size), root);
};

const version1 = 0;
const treeHash = 1;

const uint64 = (value: number): Uint8Array => {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`Not a count: ${value}`);
  const bytes = new Uint8Array(8);
  let left = value;
  for (let at = 7; at >= 0; at--) {
    bytes[at] = left % 256;
    left = Math.floor(left / 256);
  }
  return bytes;
};

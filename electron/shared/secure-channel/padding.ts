import { concatBytes } from '../codec/index.ts';

/** ISO/IEC 9797-1 padding method 2: 80, then zeros to a whole block; always at least one byte. */
export const padded = (data: Uint8Array, blockLength: number): Uint8Array => {
  const tail = new Uint8Array(blockLength - (data.length % blockLength));
  tail[0] = 0x80;
  return concatBytes(data, tail);
};

/** `undefined` when the padding is not there. Only for data whose MAC has been checked. */
export const unpadded = (data: Uint8Array): Uint8Array | undefined => {
  let end = data.length - 1;
  while (end >= 0 && data[end] === 0) end--;
  return data[end] === 0x80 ? data.subarray(0, end) : undefined;
};

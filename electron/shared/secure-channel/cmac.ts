import { concatBytes } from '../codec/index.ts';
import type { BlockCipher } from './block-cipher.ts';
import { padded } from './padding.ts';

/** AES-CMAC, 16 bytes (SP 800-38B, RFC 4493): a CBC-MAC whose last block is masked with a subkey. */
export const cmac = (aes: BlockCipher, message: Uint8Array): Uint8Array => {
  const whole = message.length > 0 && message.length % blockLength === 0;
  const once = doubled(aes.encrypt(new Uint8Array(blockLength)));
  const mask = whole ? once : doubled(once);
  const blocks = whole ? concatBytes(message) : padded(message, blockLength);
  const last = blocks.length - blockLength;
  for (let at = 0; at < blockLength; at++) blocks[last + at] = (blocks[last + at] ?? 0) ^ (mask[at] ?? 0);
  return aes.encrypt(blocks).subarray(last);
};

const blockLength = 16;

/** Multiplication by x in GF(2^128). */
const doubled = (block: Uint8Array): Uint8Array => {
  const carry = (block[0] ?? 0) >> 7;
  const shifted = block.map((byte, at) => ((byte << 1) | ((block[at + 1] ?? 0) >> 7)) & 0xff);
  shifted[blockLength - 1] = (shifted[blockLength - 1] ?? 0) ^ (carry * 0x87);
  return shifted;
};

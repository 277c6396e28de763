import { concatBytes } from '../bytes.ts';
import { hashLength, type Hmac } from './hmac.ts';

/** HKDF-SHA256 (RFC 5869). `length` in bytes, 1 to 8160. */
export const hkdfSha256 = async (
  hmac: Hmac,
  { secret, salt, info, length }: HkdfInput,
): Promise<Uint8Array> => {
  if (!Number.isInteger(length) || length < 1 || length > 255 * hashLength.sha256)
    throw new Error(`HKDF length ${length}`);
  // RFC 5869, 2.2: no salt is a salt of as many zeros as the hash is long.
  const key = salt.length === 0 ? new Uint8Array(hashLength.sha256) : salt;
  const pseudoRandomKey = await hmac('sha256', key, secret);
  let block: Uint8Array = new Uint8Array(0);
  let output: Uint8Array = new Uint8Array(0);
  for (let counter = 1; output.length < length; counter++) {
    block = await hmac('sha256', pseudoRandomKey, concatBytes(block, info, Uint8Array.of(counter)));
    output = concatBytes(output, block);
  }
  return output.slice(0, length);
};

export interface HkdfInput {
  /** Input keying material. */
  readonly secret: Uint8Array;
  readonly salt: Uint8Array;
  readonly info: Uint8Array;
  readonly length: number;
}

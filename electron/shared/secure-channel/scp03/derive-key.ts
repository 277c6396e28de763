import { concatBytes } from '../../codec/index.ts';
import type { BlockCipher } from '../block-cipher.ts';
import { cmac } from '../cmac.ts';

/** What a derived value is for (Amendment D table 4-1). */
export const derivation = {
  cardCryptogram: 0x00,
  hostCryptogram: 0x01,
  cardChallenge: 0x02,
  sessionEnc: 0x04,
  sessionMac: 0x06,
  sessionResponseMac: 0x07,
} as const;

/**
 * `length` bytes by SP 800-108 in counter mode over CMAC (Amendment D 4.1.5):
 *
 *     CMAC( 11 × 00 | constant | 00 | length in bits 2 | i 1 | context ),  i = 1, 2 …
 */
export const deriveKey = (
  key: BlockCipher,
  constant: number,
  context: Uint8Array,
  length: number,
): Uint8Array => {
  const bits = length * 8;
  const rounds = Array.from({ length: Math.ceil(length / 16) }, (_, at) => {
    const label = new Uint8Array(16);
    label.set([constant, 0, bits >> 8, bits & 0xff, at + 1], 11);
    return cmac(key, concatBytes(label, context));
  });
  return concatBytes(...rounds).subarray(0, length);
};

import { concatBytes } from '../../codec/index.ts';
import type { CipherFromKey } from '../block-cipher.ts';
import { padded } from '../padding.ts';

/** A MAC of 8 bytes under a 3DES key of 16 bytes. */
export interface RetailMac {
  /** Single DES in CBC mode, 3DES on the last block (ISO/IEC 9797-1 algorithm 3, GPCS B.1.2.2). */
  compute(message: Uint8Array, iv: Uint8Array): Uint8Array;
  /** The next MAC's IV: the last MAC under single DES with the key's first half (GPCS E.3.4). */
  nextIv(mac: Uint8Array): Uint8Array;
}

export const retailMac = (key: Uint8Array, cipherFromKey: CipherFromKey): RetailMac => {
  const half = key.subarray(0, 8);
  // The same half twice makes 3DES into DES, which crypto libraries no longer offer.
  const single = cipherFromKey(concatBytes(half, half));
  const triple = cipherFromKey(key);
  return {
    compute(message, iv) {
      const blocks = padded(message, 8);
      const last = blocks.subarray(blocks.length - 8);
      const before = blocks.subarray(0, blocks.length - 8);
      const chained = before.length === 0 ? iv : single.encrypt(before, iv).subarray(before.length - 8);
      return triple.encrypt(last, chained);
    },
    nextIv: (mac) => single.encrypt(mac),
  };
};

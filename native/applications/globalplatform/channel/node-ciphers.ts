import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concatBytes } from '../../../../electron/shared/codec/index.ts';
import type { BlockCipher } from '../../../../electron/shared/secure-channel/index.ts';

/** AES under a key of 16, 24 or 32 bytes. */
export const aesCipher = (key: Uint8Array): BlockCipher => cbc(`aes-${key.length * 8}-cbc`, key, 16);

/** 3DES with two keys (16 bytes) or three (24 bytes). A key twice, K | K, makes it single DES. */
export const tripleDesCipher = (key: Uint8Array): BlockCipher =>
  cbc('des-ede3-cbc', key.length === 16 ? concatBytes(key, key.subarray(0, 8)) : key, 8);

/** CBC also for single blocks: no ECB of 3DES in every crypto library that the station runs on. */
const cbc = (algorithm: string, key: Uint8Array, blockLength: number): BlockCipher => {
  const zero = new Uint8Array(blockLength);
  // A copy: the caller may wipe its own.
  const held = Uint8Array.from(key);
  return {
    blockLength,
    encrypt(data, iv = zero) {
      const cipher = createCipheriv(algorithm, held, iv).setAutoPadding(false);
      return concatBytes(cipher.update(data), cipher.final());
    },
    decrypt(data, iv = zero) {
      const decipher = createDecipheriv(algorithm, held, iv).setAutoPadding(false);
      return concatBytes(decipher.update(data), decipher.final());
    },
  };
};

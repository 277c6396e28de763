import { createCipheriv, createDecipheriv } from 'node:crypto';
import { concatBytes } from '../../shared/codec/index.ts';
import type { BlockCipher, CipherFromKey } from '../../shared/secure-channel/index.ts';

/** Algorithms of a PIV management key (SP 800-78-4, table 6-2). */
export type ManagementAlgorithm = '3des' | 'aes-128' | 'aes-192' | 'aes-256';

/** CBC also for single blocks: BoringSSL has no ECB of 3DES, and with a zero IV it is the same. */
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

/** AES under a key of 16, 24 or 32 bytes. */
export const aesCipher: CipherFromKey = (key) => cbc(`aes-${key.length * 8}-cbc`, key, 16);

/** 3DES with two keys (16 bytes) or three (24 bytes). */
export const tripleDesCipher: CipherFromKey = (key) =>
  cbc('des-ede3-cbc', key.length === 16 ? concatBytes(key, key.subarray(0, 8)) : key, 8);

const algorithms: Record<ManagementAlgorithm, { cipher: CipherFromKey; key: number; block: number }> = {
  '3des': { cipher: tripleDesCipher, key: 24, block: 8 },
  'aes-128': { cipher: aesCipher, key: 16, block: 16 },
  'aes-192': { cipher: aesCipher, key: 24, block: 16 },
  'aes-256': { cipher: aesCipher, key: 32, block: 16 },
};

export const keyBytesOf = (algorithm: ManagementAlgorithm): number => algorithms[algorithm].key;
export const blockBytesOf = (algorithm: ManagementAlgorithm): number => algorithms[algorithm].block;
export const blockCipher = (algorithm: ManagementAlgorithm, key: Uint8Array): BlockCipher =>
  algorithms[algorithm].cipher(key);

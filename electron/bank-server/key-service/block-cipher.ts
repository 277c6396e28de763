import { createCipheriv, createDecipheriv } from 'node:crypto';

/** Algorithms of a PIV management key (SP 800-78-4, table 6-2). */
export type ManagementAlgorithm = '3des' | 'aes-128' | 'aes-192' | 'aes-256';

interface BlockCipher {
  readonly name: string;
  readonly keyBytes: number;
  readonly blockBytes: number;
}

const ciphers: Record<ManagementAlgorithm, BlockCipher> = {
  '3des': { name: 'des-ede3-cbc', keyBytes: 24, blockBytes: 8 },
  'aes-128': { name: 'aes-128-cbc', keyBytes: 16, blockBytes: 16 },
  'aes-192': { name: 'aes-192-cbc', keyBytes: 24, blockBytes: 16 },
  'aes-256': { name: 'aes-256-cbc', keyBytes: 32, blockBytes: 16 },
};

export const keyBytesOf = (algorithm: ManagementAlgorithm): number => ciphers[algorithm].keyBytes;
export const blockBytesOf = (algorithm: ManagementAlgorithm): number => ciphers[algorithm].blockBytes;

/** One block. CBC with a zero IV is ECB for one block, and the only form of 3DES that BoringSSL has. */
export const encryptBlock = (algorithm: ManagementAlgorithm, key: Buffer, block: Buffer): Buffer => {
  const { name, blockBytes } = ciphers[algorithm];
  const cipher = createCipheriv(name, key, Buffer.alloc(blockBytes)).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
};

export const decryptBlock = (algorithm: ManagementAlgorithm, key: Buffer, block: Buffer): Buffer => {
  const { name, blockBytes } = ciphers[algorithm];
  const decipher = createDecipheriv(name, key, Buffer.alloc(blockBytes)).setAutoPadding(false);
  return Buffer.concat([decipher.update(block), decipher.final()]);
};

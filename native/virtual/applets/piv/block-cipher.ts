import { createCipheriv, createDecipheriv } from 'node:crypto';

/** The card management key's algorithm: one block in, one block out. */
export interface BlockCipher {
  readonly blockLength: number;
  encrypt(block: Uint8Array): Uint8Array;
  decrypt(block: Uint8Array): Uint8Array;
}

/** By algorithm identifier (SP 800-78-4); `undefined` when the identifier or the key's length is none of them. */
export const blockCipher = (algorithm: number, key: Uint8Array): BlockCipher | undefined => {
  const kind = ciphers.get(algorithm);
  if (kind?.keyLength !== key.length) return undefined;
  const { name, blockLength } = kind;
  const iv = new Uint8Array(blockLength); // one block of CBC with a zero IV is ECB
  return {
    blockLength,
    encrypt: (block) => new Uint8Array(createCipheriv(name, key, iv).setAutoPadding(false).update(block)),
    decrypt: (block) => new Uint8Array(createDecipheriv(name, key, iv).setAutoPadding(false).update(block)),
  };
};

const ciphers = new Map([
  [0x03, { name: 'des-ede3-cbc', keyLength: 24, blockLength: 8 }],
  [0x08, { name: 'aes-128-cbc', keyLength: 16, blockLength: 16 }],
  [0x0a, { name: 'aes-192-cbc', keyLength: 24, blockLength: 16 }],
  [0x0c, { name: 'aes-256-cbc', keyLength: 32, blockLength: 16 }],
]);

import { deriveKey } from '../ca/key-files.ts';
import { keyBytesOf, type ManagementAlgorithm } from './block-cipher.ts';

/** Which key a card has: the one every new card leaves the factory with, or its own. */
export type ManagementKeyVersion = 'factory' | 'diversified';

/** Card-management keys (PIV 9B). They are made here when needed and leave this room only as answers. */
export interface ManagementKeys {
  keyFor(version: ManagementKeyVersion, algorithm: ManagementAlgorithm, mediumIdentity: string): Buffer;
}

export const managementKeys = (masterKey: Buffer): ManagementKeys => ({
  keyFor(version, algorithm, mediumIdentity) {
    if (version === 'factory') return factoryKey(algorithm);
    const purpose = `cardwright|piv-9b|v1|${algorithm}|${mediumIdentity}`;
    const key = deriveKey(masterKey, purpose, keyBytesOf(algorithm));
    return algorithm === '3des' ? withOddParity(key) : key;
  },
});

/** 01 02 … 08 again and again: the published default of PIV cards; it protects nothing. */
const factoryKey = (algorithm: ManagementAlgorithm): Buffer =>
  Buffer.from(Array.from({ length: keyBytesOf(algorithm) }, (_, index) => (index % 8) + 1));

/** Some cards refuse a DES key without it. */
const withOddParity = (key: Buffer): Buffer =>
  Buffer.from(
    [...key].map((byte) => {
      const ones = (byte & 0xfe).toString(2).replaceAll('0', '').length;
      return (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
    }),
  );

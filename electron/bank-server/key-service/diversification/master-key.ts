import { concatBytes } from '../../../shared/codec/index.ts';
import { cmac, keyCheckValue } from '../../../shared/secure-channel/index.ts';
import { aesCipher, tripleDesCipher } from '../block-cipher.ts';

/** 3DES: two keys of DES, 16 bytes. */
export const masterKeyAlgorithms = ['aes-128', 'aes-192', 'aes-256', '3des'] as const;
export type MasterKeyAlgorithm = (typeof masterKeyAlgorithms)[number];

/** A master key of which only its answers can be had: the bytes may be in an HSM. */
export interface MasterKey {
  readonly algorithm: MasterKeyAlgorithm;
  /** AES-CMAC, 16 bytes (SP 800-38B). A 3DES key throws: no method asks it. */
  cmac(message: Uint8Array): Promise<Uint8Array>;
  /** ECB over whole blocks (SP 800-38A, 6.1): 16 bytes each with AES, 8 with 3DES. */
  encrypt(blocks: Uint8Array): Promise<Uint8Array>;
}

export const masterKeyBytes: Readonly<Record<MasterKeyAlgorithm, number>> = {
  'aes-128': 16,
  'aes-192': 24,
  'aes-256': 32,
  '3des': 16,
};

/** A master key in this process. Another length than the algorithm's throws. */
export const masterKeyInMemory = (algorithm: MasterKeyAlgorithm, key: Uint8Array): MasterKey => {
  if (key.length !== masterKeyBytes[algorithm])
    throw new Error(`${algorithm} has ${masterKeyBytes[algorithm]} bytes, not ${key.length}`);
  const cipher = algorithm === '3des' ? tripleDesCipher(key) : aesCipher(key);
  return {
    algorithm,
    cmac(message) {
      if (cipher.blockLength !== 16) throw new Error('CMAC is asked of an AES key');
      return Promise.resolve(cmac(cipher, message));
    },
    encrypt(blocks) {
      const { blockLength } = cipher;
      // Block by block in CBC: BoringSSL has no ECB of 3DES.
      const count = blocks.length / blockLength;
      return Promise.resolve(
        concatBytes(
          ...Array.from({ length: count }, (_, at) =>
            cipher.encrypt(blocks.subarray(at * blockLength, (at + 1) * blockLength)),
          ),
        ),
      );
    },
  };
};

/**
 * Key check value, 3 bytes in capital hex: of AES the encryption of 16 bytes 01, of 3DES that of 8 bytes 00 (GPCS
 * 2.3.1 B.5, Amendment D 7.2). With 01 it says nothing about the subkeys of CMAC, which come from a block of 00.
 */
export const checkValueOf = async (key: MasterKey): Promise<string> => {
  const block = key.algorithm === '3des' ? new Uint8Array(8) : new Uint8Array(16).fill(0x01);
  const encrypted = await key.encrypt(block);
  return Buffer.from(encrypted.subarray(0, 3)).toString('hex').toUpperCase();
};

/** The same of bytes that a person has entered. */
export const checkValueOfBytes = (algorithm: MasterKeyAlgorithm, key: Uint8Array): string =>
  Buffer.from(keyCheckValue(algorithm === '3des' ? tripleDesCipher(key) : aesCipher(key)))
    .toString('hex')
    .toUpperCase();

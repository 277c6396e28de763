import type { ChannelKeySet } from './key-set.ts';
import { aesCipher, tripleDesCipher } from './node-ciphers.ts';

/** The bytes of three keys of one length: 16, 24 or 32 for AES, 16 for 3DES. */
export interface KeyBytes {
  readonly enc: Uint8Array;
  readonly mac: Uint8Array;
  readonly dek: Uint8Array;
}

/** A key set from bytes: factory keys and tests. The bank's own keys stay in its key service. */
export const keySetFromBytes = (version: number, type: 'aes' | '3des', keys: KeyBytes): ChannelKeySet => {
  const keyLength = keys.enc.length;
  const lengths = type === 'aes' ? [16, 24, 32] : [16];
  const equal = keys.mac.length === keyLength && keys.dek.length === keyLength;
  if (!lengths.includes(keyLength) || !equal)
    throw new Error(`Not three ${type} keys of one length: ${keyLength} bytes`);
  const sessionCipher = type === 'aes' ? aesCipher : tripleDesCipher;
  return {
    version,
    type,
    keyLength,
    enc: sessionCipher(keys.enc),
    mac: sessionCipher(keys.mac),
    dek: sessionCipher(keys.dek),
    sessionCipher,
  };
};

/** 40 41 … 4F for all three: on many cards as they come from the factory, and known to everybody. */
export const factoryKeySet = (type: 'aes' | '3des', version = 0): ChannelKeySet => {
  const key = Uint8Array.from({ length: 16 }, (_, at) => 0x40 + at);
  return keySetFromBytes(version, type, { enc: key, mac: key, dek: key });
};

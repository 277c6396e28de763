import type { BlockCipher, CipherFromKey } from './block-cipher.ts';
import type { KeyBytes } from './key-bytes.ts';

/**
 * The three static keys of a security domain (GPCS 2.3.1 7.6): they make the keys of each session.
 * Nothing here gives the bytes of a key back.
 */
export interface ChannelKeySet {
  /** Key version number 01 to 7F; 00 stands for whatever the card takes by default. */
  readonly version: number;
  /** 3DES keys speak SCP02, AES keys SCP03. */
  readonly type: '3des' | 'aes';
  /** Bytes of each key: 16, 24 or 32; 3DES always 16. */
  readonly keyLength: number;
  readonly enc: BlockCipher;
  readonly mac: BlockCipher;
  readonly dek: BlockCipher;
  readonly sessionCipher: CipherFromKey;
}

/** A key set from bytes. `sessionCipher`: AES or 3DES, as the type says. Other lengths throw. */
export const keySetOf = (
  version: number,
  type: 'aes' | '3des',
  keys: KeyBytes,
  sessionCipher: CipherFromKey,
): ChannelKeySet => {
  const keyLength = keys.enc.length;
  const lengths = type === 'aes' ? [16, 24, 32] : [16];
  const equal = keys.mac.length === keyLength && keys.dek.length === keyLength;
  if (!lengths.includes(keyLength) || !equal)
    throw new Error(`Not three ${type} keys of one length: ${keyLength} bytes`);
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
export const factoryKeyBytes = (): KeyBytes => {
  const key = Uint8Array.from({ length: 16 }, (_, at) => 0x40 + at);
  return { enc: key, mac: key, dek: key };
};

/** Key check value, 3 bytes: proves that both sides mean the same key (GPCS B.5, Amendment D 7.2). */
export const keyCheckValue = (key: BlockCipher): Uint8Array => {
  const block = new Uint8Array(key.blockLength).fill(key.blockLength === 16 ? 0x01 : 0x00);
  return key.encrypt(block).subarray(0, 3);
};

export const keyCheckValues = ({ enc, mac, dek }: ChannelKeySet): readonly Uint8Array[] =>
  [enc, mac, dek].map(keyCheckValue);

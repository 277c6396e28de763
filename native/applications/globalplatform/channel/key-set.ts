import type { BlockCipher, CipherFromKey } from './block-cipher.ts';

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

/** Key check value, 3 bytes: proves that both sides mean the same key (GPCS B.5, Amendment D 7.2). */
export const keyCheckValue = (key: BlockCipher): Uint8Array => {
  const block = new Uint8Array(key.blockLength).fill(key.blockLength === 16 ? 0x01 : 0x00);
  return key.encrypt(block).subarray(0, 3);
};

export const keyCheckValues = ({ enc, mac, dek }: ChannelKeySet): readonly Uint8Array[] =>
  [enc, mac, dek].map(keyCheckValue);

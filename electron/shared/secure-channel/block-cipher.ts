/**
 * A block cipher under one key, in CBC mode without padding: all that the secure channels of
 * GlobalPlatform are made of. The key cannot be read back, so it may as well sit in an HSM.
 */
export interface BlockCipher {
  /** 8 for 3DES, 16 for AES. */
  readonly blockLength: number;
  /** `data`: whole blocks. The IV is zero when absent. */
  encrypt(data: Uint8Array, iv?: Uint8Array): Uint8Array;
  decrypt(data: Uint8Array, iv?: Uint8Array): Uint8Array;
}

/** Makes a cipher from the bytes of a derived key; the channel itself knows no crypto library. */
export type CipherFromKey = (key: Uint8Array) => BlockCipher;

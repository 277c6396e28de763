/** The bytes of three keys of one length: 16, 24 or 32 for AES, 16 for 3DES. */
export interface KeyBytes {
  readonly enc: Uint8Array;
  readonly mac: Uint8Array;
  readonly dek: Uint8Array;
}

export type HmacAlgorithm = 'sha1' | 'sha256' | 'sha512';

/** HMAC (RFC 2104) of the program this runs in: node:crypto at the bank, WebCrypto or a pure one on a phone. */
export type Hmac = (
  algorithm: HmacAlgorithm,
  key: Uint8Array,
  message: Uint8Array,
) => Promise<Uint8Array> | Uint8Array;

/** Length of an HMAC and of the hash below it, in bytes. */
export const hashLength = { sha1: 20, sha256: 32, sha512: 64 } as const satisfies Record<
  HmacAlgorithm,
  number
>;

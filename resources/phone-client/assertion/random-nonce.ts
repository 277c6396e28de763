/** 32 random bytes. */
export const randomNonce = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));

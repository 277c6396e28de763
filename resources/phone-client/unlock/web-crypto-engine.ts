import type { CryptoEngine, SigningKey } from './crypto-engine.ts';

/** The browser's own cryptography. The key is unwrapped inside it and never becomes bytes in this page. */
export const webCryptoEngine = (subtle: SubtleCrypto): CryptoEngine => ({
  sha256: async (bytes) => new Uint8Array(await subtle.digest('SHA-256', own(bytes))),
  unlock: async ({ salt, iterations, iv, ciphertext }, pin) => {
    const passphrase = await subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, [
      'deriveKey',
    ]);
    const wrappingKey = await subtle.deriveKey(
      { name: 'PBKDF2', hash: 'SHA-256', salt: own(salt), iterations },
      passphrase,
      { name: 'AES-CBC', length: 256 },
      false,
      ['unwrapKey'],
    );
    try {
      const key = await subtle.unwrapKey(
        'pkcs8',
        own(ciphertext),
        wrappingKey,
        { name: 'AES-CBC', iv: own(iv) },
        { name: 'ECDSA', namedCurve: 'P-256' },
        false,
        ['sign'],
      );
      return signingKey(subtle, key);
    } catch {
      // Wrong padding or no PKCS#8 inside: another PIN gives another key and so another plaintext.
      return 'wrong-pin';
    }
  },
});

const signingKey = (subtle: SubtleCrypto, unlocked: CryptoKey): SigningKey => {
  let key: CryptoKey | undefined = unlocked;
  return {
    sign: async (message) => {
      if (key === undefined) throw new Error('The key was forgotten');
      return new Uint8Array(await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, own(message)));
    },
    forget: () => {
      key = undefined;
    },
  };
};

/** A copy that WebCrypto's types accept: bytes over a plain, not shared, buffer. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

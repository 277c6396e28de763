import { algorithmNames } from '../../../electron/shared/domain/key-algorithms.ts';
import type { CryptoEngine, SigningKey } from './crypto-engine.ts';

/** The browser's own cryptography. The key is unwrapped inside it and never becomes bytes in this page. */
export const webCryptoEngine = (subtle: SubtleCrypto): CryptoEngine => ({
  sha256: async (bytes) => new Uint8Array(await subtle.digest('SHA-256', own(bytes))),
  hmac: async (algorithm, key, message) => {
    const hash = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' }[algorithm];
    const mac = await subtle.importKey('raw', own(key), { name: 'HMAC', hash }, false, ['sign']);
    return new Uint8Array(await subtle.sign('HMAC', mac, own(message)));
  },
  seal: async (key, nonce, plaintext) => {
    const algorithm = { name: 'AES-GCM', iv: own(nonce) };
    const sealing = await subtle.importKey('raw', own(key), 'AES-GCM', false, ['encrypt']);
    return new Uint8Array(await subtle.encrypt(algorithm, sealing, own(plaintext)));
  },
  open: async (key, nonce, sealed) => {
    const opening = await subtle.importKey('raw', own(key), 'AES-GCM', false, ['decrypt']);
    try {
      return new Uint8Array(await subtle.decrypt({ name: 'AES-GCM', iv: own(nonce) }, opening, own(sealed)));
    } catch {
      return undefined;
    }
  },
  unlock: async ({ salt, iterations, iv, ciphertext }, pin, algorithm) => {
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
    const unwrap = (kind: EcKeyImportParams | RsaHashedImportParams, use: KeyUsage) =>
      subtle.unwrapKey('pkcs8', own(ciphertext), wrappingKey, { name: 'AES-CBC', iv: own(iv) }, kind, false, [
        use,
      ]);
    const { curve: namedCurve, hash } = algorithmNames[algorithm];
    try {
      if (namedCurve === undefined) {
        const name = 'RSASSA-PKCS1-v1_5';
        return signingKey(subtle, { name }, await unwrap({ name, hash }, 'sign'), undefined);
      }
      const signing = await unwrap({ name: 'ECDSA', namedCurve }, 'sign');
      const agreeing =
        namedCurve === 'P-256' ? await unwrap({ name: 'ECDH', namedCurve }, 'deriveBits') : undefined;
      return signingKey(subtle, { name: 'ECDSA', hash }, signing, agreeing);
    } catch {
      // Wrong padding or no PKCS#8 inside: another PIN gives another key and so another plaintext.
      return 'wrong-pin';
    }
  },
});

const signingKey = (
  subtle: SubtleCrypto,
  algorithm: Algorithm | EcdsaParams,
  signing: CryptoKey,
  agreeing: CryptoKey | undefined,
): SigningKey => {
  let keys: { readonly signing: CryptoKey; readonly agreeing: CryptoKey | undefined } | undefined = {
    signing,
    agreeing,
  };
  const held = () => {
    if (keys === undefined) throw new Error('The key was forgotten');
    return keys;
  };
  return {
    sign: async (message) => new Uint8Array(await subtle.sign(algorithm, held().signing, own(message))),
    agree: async (point) => {
      const { agreeing: own256 } = held();
      if (own256 === undefined) throw new Error('This kind of key agrees on nothing');
      const curve = { name: 'ECDH', namedCurve: 'P-256' };
      const other = await subtle.importKey('raw', own(point), curve, false, []);
      return new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: other }, own256, 256));
    },
    forget: () => {
      keys = undefined;
    },
  };
};

/** A copy that WebCrypto's types accept: bytes over a plain, not shared, buffer. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

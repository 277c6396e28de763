import { cbc, gcm } from '@noble/ciphers/aes.js';
import { p256 } from '@noble/curves/nist.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { CryptoEngine, SigningKey } from './crypto-engine.ts';
import { deriveInSlices } from './derive-in-slices.ts';
import { readPrivateScalar } from './encrypted-key.ts';

/**
 * The same in plain JavaScript (audited @noble), for phones that open the file where WebCrypto is
 * withheld (content:// is no secure context). Slower: the derivation takes seconds and says so.
 */
export const pureEngine: CryptoEngine = {
  sha256: (bytes) => Promise.resolve(sha256(bytes)),
  hmac: (algorithm, key, message) => hmac({ sha1, sha256, sha512 }[algorithm], key, message),
  seal: (key, nonce, plaintext) => Promise.resolve(gcm(key, nonce).encrypt(plaintext)),
  open: (key, nonce, sealed) => {
    try {
      return Promise.resolve(gcm(key, nonce).decrypt(sealed));
    } catch {
      return Promise.resolve(undefined);
    }
  },
  unlock: async ({ salt, iterations, iv, ciphertext }, pin, onProgress) => {
    const wrappingKey = await deriveInSlices(new TextEncoder().encode(pin), salt, iterations, onProgress);
    const pkcs8 = decrypt(wrappingKey, iv, ciphertext);
    wrappingKey.fill(0);
    if (pkcs8 === undefined) return 'wrong-pin';
    const scalar = readPrivateScalar(pkcs8);
    pkcs8.fill(0);
    return scalar !== undefined && p256.utils.isValidSecretKey(scalar) ? signingKey(scalar) : 'wrong-pin';
  },
};

const signingKey = (scalar: Uint8Array): SigningKey => {
  let forgotten = false;
  const unlessForgotten = (work: () => Uint8Array): Promise<Uint8Array> =>
    forgotten ? Promise.reject(new Error('The key was forgotten')) : Promise.resolve(work());
  return {
    sign: (message) =>
      unlessForgotten(() => p256.sign(message, scalar, { prehash: true, lowS: false, format: 'compact' })),
    // 04 | x: the sign of y is no part of the secret.
    agree: (point) => unlessForgotten(() => p256.getSharedSecret(scalar, point).slice(1, 33)),
    forget: () => {
      forgotten = true;
      scalar.fill(0);
    },
  };
};

/** `undefined`: the padding is wrong. */
const decrypt = (key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array | undefined => {
  try {
    return cbc(key, iv).decrypt(ciphertext);
  } catch {
    return undefined;
  }
};

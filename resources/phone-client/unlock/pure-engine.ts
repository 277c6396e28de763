import { cbc, gcm } from '@noble/ciphers/aes.js';
import { p256, p384 } from '@noble/curves/nist.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { KeyAlgorithm } from '../../../electron/shared/domain/medium.ts';
import type { CryptoEngine, SigningKey } from './crypto-engine.ts';
import { deriveInSlices } from './derive-in-slices.ts';
import { readPrivateScalar } from './private-scalar.ts';
import { readRsaKey, signWithRsa } from './rsa-key.ts';

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
  unlock: async ({ salt, iterations, iv, ciphertext }, pin, algorithm, onProgress) => {
    const wrappingKey = await deriveInSlices(new TextEncoder().encode(pin), salt, iterations, onProgress);
    const pkcs8 = decrypt(wrappingKey, iv, ciphertext);
    wrappingKey.fill(0);
    if (pkcs8 === undefined) return 'wrong-pin';
    const key = algorithm === 'rsa-2048' ? rsaKey(pkcs8) : scalarKey(pkcs8, algorithm);
    pkcs8.fill(0);
    return key ?? 'wrong-pin';
  },
};

/** `undefined`: no such key inside, which is what a wrong PIN leaves behind. */
const scalarKey = (
  pkcs8: Uint8Array,
  algorithm: Exclude<KeyAlgorithm, 'rsa-2048'>,
): SigningKey | undefined => {
  const curve = { 'p-256': p256, 'p-384': p384 }[algorithm];
  const scalar = readPrivateScalar(pkcs8, algorithm);
  if (scalar === undefined || !curve.utils.isValidSecretKey(scalar)) return undefined;
  return untilForgotten(
    // Hashed as its curve asks: SHA-256 or SHA-384.
    (message) => curve.sign(message, scalar, { prehash: true, lowS: false, format: 'compact' }),
    // 04 | x: the sign of y is no part of the secret.
    algorithm === 'p-256' ? (point) => p256.getSharedSecret(scalar, point).slice(1, 33) : undefined,
    () => {
      scalar.fill(0);
    },
  );
};

const rsaKey = (pkcs8: Uint8Array): SigningKey | undefined => {
  const key = readRsaKey(pkcs8);
  // Numbers cannot be wiped; dropping the last hold on them is all there is.
  return (
    key &&
    untilForgotten(
      (message) => signWithRsa(key, message),
      undefined,
      () => undefined,
    )
  );
};

const untilForgotten = (
  sign: (message: Uint8Array) => Uint8Array,
  agree: ((point: Uint8Array) => Uint8Array) | undefined,
  wipe: () => void,
): SigningKey => {
  let forgotten = false;
  const unlessForgotten = (work: () => Uint8Array): Promise<Uint8Array> =>
    forgotten ? Promise.reject(new Error('The key was forgotten')) : Promise.resolve(work());
  return {
    sign: (message) => unlessForgotten(() => sign(message)),
    agree: (point) =>
      agree === undefined
        ? Promise.reject(new Error('This kind of key agrees on nothing'))
        : unlessForgotten(() => agree(point)),
    forget: () => {
      forgotten = true;
      wipe();
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

import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, fromHex, toHex } from '../../../electron/shared/codec/index.ts';
import { algorithmNames } from '../../../electron/shared/domain/key-algorithms.ts';
import { derTag, partsOf, sequenceOf, valueAt } from '../credential/read-der.ts';

/** What signing needs of an RSA private key (RFC 8017, A.1.2). */
export interface RsaKey {
  readonly modulus: bigint;
  readonly publicExponent: bigint;
  readonly privateExponent: bigint;
}

const { keyOid, signatureBytes: size } = algorithmNames['rsa-2048'];

/** `undefined`: no RSA key of 2048 bits in PKCS#8, which is what a wrong PIN leaves behind. */
export const readRsaKey = (pkcs8: Uint8Array): RsaKey | undefined => {
  const whole = sequenceOf(pkcs8);
  const identifier = valueAt(partsOf(valueAt(whole, 1, derTag.sequence)), 0, derTag.oid);
  const parts = sequenceOf(valueAt(whole, 2, derTag.octetString) ?? new Uint8Array());
  // version, modulus, publicExponent, privateExponent, …
  const [modulus, publicExponent, privateExponent] = [1, 2, 3].map((place) =>
    numberOf(valueAt(parts, place, derTag.integer)),
  );
  if (identifier === undefined || toHex(identifier) !== keyOid) return undefined;
  if (modulus === undefined || publicExponent === undefined || privateExponent === undefined)
    return undefined;
  return modulus >> BigInt(size * 8 - 1) === 1n ? { modulus, publicExponent, privateExponent } : undefined;
};

/** DigestInfo of SHA-256 before the digest (RFC 8017, 9.2, note 1). */
const digestInfo = fromHex('3031300d060960864801650304020105000420');

/**
 * RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2.1), for pages that are given no WebCrypto. Blinded, because
 * numbers of JavaScript take different times; checked before it leaves, because a faulty one gives the key away.
 */
export const signWithRsa = (key: RsaKey, message: Uint8Array): Uint8Array => {
  const { modulus, publicExponent, privateExponent } = key;
  const info = concatBytes(digestInfo, sha256(message));
  const padding = new Uint8Array(size - info.length - 3).fill(0xff);
  const encoded = bigintOf(concatBytes(Uint8Array.of(0, 1), padding, Uint8Array.of(0), info));
  const blind = bigintOf(crypto.getRandomValues(new Uint8Array(size - 1))) | 1n;
  const blinded = (encoded * power(blind, publicExponent, modulus)) % modulus;
  const signature = (power(blinded, privateExponent, modulus) * inverse(blind, modulus)) % modulus;
  if (power(signature, publicExponent, modulus) !== encoded) throw new Error('The signature is faulty');
  return fromHex(signature.toString(16).padStart(size * 2, '0'));
};

const power = (base: bigint, exponent: bigint, modulus: bigint): bigint => {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
};

/** By Euclid; the modulus has two large prime factors, so a random number has an inverse. */
const inverse = (value: bigint, modulus: bigint): bigint => {
  let [rest, next] = [modulus, value % modulus];
  let [factor, nextFactor] = [0n, 1n];
  while (next > 0n) {
    const quotient = rest / next;
    [rest, next] = [next, rest - quotient * next];
    [factor, nextFactor] = [nextFactor, factor - quotient * nextFactor];
  }
  return ((factor % modulus) + modulus) % modulus;
};

const bigintOf = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes)}`);
const numberOf = (integer: Uint8Array | undefined): bigint | undefined =>
  integer === undefined || integer.length === 0 ? undefined : bigintOf(integer);

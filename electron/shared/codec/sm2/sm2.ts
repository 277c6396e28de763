import { weierstrass } from '@noble/curves/abstract/weierstrass.js';
import { concatBytes, utf8 } from '../bytes.ts';
import { fromHex, toHex } from '../hex.ts';
import { sm3 } from './sm3.ts';

/*
 * SM2 signatures with SM3 (GB/T 32918.2-2016) on the recommended curve (GB/T 32918.5-2017), for banks whose cards use
 * them (S4). Pure: neither BoringSSL nor WebCrypto has either. The arithmetic is @noble's; the scheme is written here.
 */

const curve = {
  p: 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn,
  n: 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n,
  h: 1n,
  a: 0xfffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffcn,
  b: 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n,
  Gx: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  Gy: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
} as const;
const Point = weierstrass(curve);
const { Fn } = Point;

/** Who signs, where nobody is named (GM/T 0009, 10). */
export const SM2_DEFAULT_USER_ID = '1234567812345678';

export interface Sm2Options {
  /** Distinguishing identifier of who signs. */
  readonly userId?: string;
}

/** The uncompressed point (65 bytes) of a secret key; `undefined`: 32 bytes that are none, 1 to n − 2 (6.1). */
export const sm2PublicKey = (secretKey: Uint8Array): Uint8Array | undefined => {
  const d = secretScalar(secretKey);
  return d === undefined ? undefined : Point.BASE.multiply(d).toBytes(false);
};

/**
 * r | s, 32 bytes each, over SM3(ZA | message) (GB/T 32918.2, 6.1); `undefined`: no secret key.
 * @param drawScalar 32 random bytes; one that is out of range is drawn again
 */
export const sm2Sign = (
  secretKey: Uint8Array,
  message: Uint8Array,
  drawScalar: () => Uint8Array,
  options: Sm2Options = {},
): Uint8Array | undefined => {
  const d = secretScalar(secretKey);
  const publicKey = sm2PublicKey(secretKey);
  if (d === undefined || publicKey === undefined) return undefined;
  const e = digestNumber(publicKey, message, options);
  for (;;) {
    const k = numberOf(drawScalar());
    if (k === 0n || k >= curve.n) continue;
    const r = Fn.create(e + Point.BASE.multiply(k).toAffine().x);
    if (r === 0n || r + k === curve.n) continue;
    const s = Fn.mul(Fn.inv(Fn.add(1n, d)), Fn.sub(k, Fn.mul(r, d)));
    if (s !== 0n) return concatBytes(bytesOf(r), bytesOf(s));
  }
};

/** Whether the key signed this message (7.1). No for bytes that are no key, no signature, or a point off the curve. */
export const sm2Verify = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  options: Sm2Options = {},
): boolean =>
  publicKey.length === 65 && sm2VerifyDigest(publicKey, digestOf(publicKey, message, options), signature);

/** The same for SM3(ZA | message) as another made it, 32 bytes. */
export const sm2VerifyDigest = (
  publicKey: Uint8Array,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean => {
  const point = pointOf(publicKey);
  if (point === undefined || digest.length !== 32 || signature.length !== 64) return false;
  const [r, s] = [numberOf(signature.subarray(0, 32)), numberOf(signature.subarray(32))];
  if (r === 0n || r >= curve.n || s === 0n || s >= curve.n) return false;
  const t = Fn.add(r, s);
  if (t === 0n) return false;
  const sum = Point.BASE.multiplyUnsafe(s).add(point.multiplyUnsafe(t));
  return !sum.is0() && Fn.create(numberOf(digest) + sum.toAffine().x) === r;
};

/** ZA, 5.5: who signs, on which curve, with which key. @param publicKey uncompressed point */
export const sm2Identity = (publicKey: Uint8Array, userId: string = SM2_DEFAULT_USER_ID): Uint8Array => {
  const id = utf8(userId);
  const bits = id.length * 8;
  const { a, b, Gx, Gy } = curve;
  return sm3(
    concatBytes(
      Uint8Array.of(bits >>> 8, bits & 255),
      id,
      ...[a, b, Gx, Gy].map(bytesOf),
      publicKey.subarray(1),
    ),
  );
};

const digestOf = (publicKey: Uint8Array, message: Uint8Array, { userId }: Sm2Options): Uint8Array =>
  sm3(concatBytes(sm2Identity(publicKey, userId), message));

const digestNumber = (publicKey: Uint8Array, message: Uint8Array, options: Sm2Options): bigint =>
  numberOf(digestOf(publicKey, message, options));

const secretScalar = (secretKey: Uint8Array): bigint | undefined => {
  if (secretKey.length !== 32) return undefined;
  const d = numberOf(secretKey);
  return d >= 1n && d <= curve.n - 2n ? d : undefined;
};

const pointOf = (publicKey: Uint8Array) => {
  if (publicKey.length !== 65 || publicKey[0] !== 0x04) return undefined;
  try {
    const point = Point.fromBytes(publicKey);
    point.assertValidity();
    return point;
  } catch {
    return undefined;
  }
};

const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes)}`);
const bytesOf = (number: bigint): Uint8Array => fromHex(number.toString(16).padStart(64, '0'));

import {
  constants,
  createECDH,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  privateDecrypt,
  type KeyObject,
} from 'node:crypto';
import {
  concatBytes,
  encodeTlv,
  fromHex,
  parseBase64Url,
  toHex,
} from '../../../../electron/shared/codec/index.ts';

/** Algorithm identifiers of SP 800-78-4 that this card has for private keys. */
export const RSA_3072 = 0x05;
export const RSA_2048 = 0x07;
export const P_256 = 0x11;
export const P_384 = 0x14;

/** A fresh key of this algorithm, PKCS#8 in base64; `undefined` for one the card does not have. */
export const generatePrivateKey = (algorithm: number): string | undefined => {
  const key = generate(algorithm);
  return key?.export({ type: 'pkcs8', format: 'der' }).toString('base64');
};

const generate = (algorithm: number): KeyObject | undefined => {
  switch (algorithm) {
    case P_256:
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case P_384:
      return generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    case RSA_2048:
      return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    case RSA_3072:
      return generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey;
    default:
      return undefined;
  }
};

/** The public half as the card answers it: 7F49 { 86 point | 81 modulus, 82 exponent }, without the 7F49. */
export const publicTemplate = (pkcs8: string): Uint8Array => {
  const jwk = createPublicKey(load(pkcs8)).export({ format: 'jwk' });
  if (jwk.kty === 'EC') return encodeTlv(0x86, fromHex('04'), field(jwk.x), field(jwk.y));
  return concatBytes(encodeTlv(0x81, field(jwk.n)), encodeTlv(0x82, field(jwk.e)));
};

/** The raw private operation on as many bytes as the modulus; `undefined` for a block that is no number below it. */
export const rsaOperation = (pkcs8: string, block: Uint8Array): Uint8Array | undefined => {
  const key = load(pkcs8);
  if (block.length * 8 !== key.asymmetricKeyDetails?.modulusLength) return undefined;
  try {
    return new Uint8Array(privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, block));
  } catch {
    return undefined;
  }
};

/** The shared x coordinate for an uncompressed point; `undefined` for a point beside the curve. */
export const agree = (pkcs8: string, point: Uint8Array): Uint8Array | undefined => {
  const privateKey = load(pkcs8);
  const { crv, bytes } = curveOf(privateKey);
  if (point.length !== 1 + 2 * bytes || point[0] !== 0x04) return undefined;
  try {
    const x = Buffer.from(point.subarray(1, 1 + bytes)).toString('base64url');
    const y = Buffer.from(point.subarray(1 + bytes)).toString('base64url');
    const publicKey = createPublicKey({ key: { kty: 'EC', crv, x, y }, format: 'jwk' });
    return new Uint8Array(diffieHellman({ privateKey, publicKey }));
  } catch {
    return undefined;
  }
};

/**
 * ECDSA over a hash that the host has made, DER. Node signs only what it has hashed itself, so the
 * one curve operation comes from an ephemeral ECDH key and the rest is arithmetic (SEC 1, 4.1.3).
 * Not constant in time: this is a training card.
 */
export const ecdsaSign = (pkcs8: string, digest: Uint8Array): Uint8Array | undefined => {
  const key = load(pkcs8);
  const { bytes, openSslName, order } = curveOf(key);
  if (digest.length === 0 || digest.length > bytes) return undefined;
  const secret = toNumber(field(key.export({ format: 'jwk' }).d));
  const hash = toNumber(digest);
  for (;;) {
    const ephemeral = createECDH(openSslName);
    const point = ephemeral.generateKeys();
    const nonce = toNumber(ephemeral.getPrivateKey());
    const r = toNumber(point.subarray(1, 1 + bytes)) % order;
    const s = (inverse(nonce, order) * (hash + r * secret)) % order;
    if (r !== 0n && s !== 0n) return encodeTlv(0x30, derInteger(r), derInteger(s));
  }
};

interface Curve {
  readonly crv: 'P-256' | 'P-384';
  readonly openSslName: string;
  /** Of a coordinate and of a scalar. */
  readonly bytes: number;
  /** n of SEC 2, 2.4.2 and 2.5.1. */
  readonly order: bigint;
}

const curveOf = (key: KeyObject): Curve =>
  key.asymmetricKeyDetails?.namedCurve === 'secp384r1'
    ? {
        crv: 'P-384',
        openSslName: 'secp384r1',
        bytes: 48,
        order:
          0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
      }
    : {
        crv: 'P-256',
        openSslName: 'prime256v1',
        bytes: 32,
        order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
      };

/** By Fermat: the order is prime. */
const inverse = (value: bigint, order: bigint): bigint => {
  let result = 1n;
  let base = value % order;
  for (let exponent = order - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * base) % order;
    base = (base * base) % order;
  }
  return result;
};

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(bytes)}`);

const derInteger = (value: bigint): Uint8Array => {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return encodeTlv(0x02, fromHex(Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even));
};

const load = (pkcs8: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' });

const field = (text: string | undefined): Uint8Array => {
  const bytes = parseBase64Url(text ?? '');
  return bytes.ok ? bytes.value : new Uint8Array(0);
};

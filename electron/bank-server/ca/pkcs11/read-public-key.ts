import graphene from 'graphene-pk11';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { isInfineonModulus } from '../infineon-modulus.ts';

/** The public key of a key pair on a token. Throws for a kind of key this bank does not make. */
export const readPublicKey = (key: graphene.Key): KeyObject =>
  key.type === graphene.KeyType.EC
    ? ellipticKey(
        bytesOf(key.getAttribute({ paramsECDSA: null }).paramsECDSA),
        bytesOf(key.getAttribute({ pointEC: null }).pointEC),
      )
    : rsaKey(
        bytesOf(key.getAttribute({ modulus: null }).modulus),
        bytesOf(key.getAttribute({ publicExponent: null }).publicExponent),
      );

/** Is it of a kind that this bank signs with: P-256, P-384, RSA of 2048 or 3072 bits? */
export const isReadablePublicKey = (key: graphene.Key): boolean => {
  if (key.type === graphene.KeyType.EC)
    return curves.includes(bytesOf(key.getAttribute({ paramsECDSA: null }).paramsECDSA).toString('hex'));
  if (key.type !== graphene.KeyType.RSA) return false;
  const modulus = bytesOf(key.getAttribute({ modulus: null }).modulus);
  return [256, 384].includes(modulus.length) && !isInfineonModulus(modulus);
};

/** prime256v1 and secp384r1, DER. */
const curves = ['06082a8648ce3d030107', '06052b81040022'];

/**
 * CKA_EC_PARAMS is the curve's identifier in DER; CKA_EC_POINT the point in a DER OCTET STRING, and from
 * some libraries the point alone: its length says where it begins.
 */
const ellipticKey = (params: Buffer, pointDer: Buffer): KeyObject => {
  const isP384 = params.equals(Buffer.from('06052b81040022', 'hex'));
  const point = pointDer.subarray(-(1 + 2 * (isP384 ? 48 : 32)));
  const algorithm = sequence(Buffer.from('06072a8648ce3d0201', 'hex'), params);
  const bits = Buffer.concat([Buffer.of(0x03, point.length + 1, 0), point]);
  return createPublicKey({ key: sequence(algorithm, bits), format: 'der', type: 'spki' });
};

const rsaKey = (modulus: Buffer, exponent: Buffer): KeyObject =>
  createPublicKey({
    key: { kty: 'RSA', n: modulus.toString('base64url'), e: exponent.toString('base64url') },
    format: 'jwk',
  });

/** Every SEQUENCE here is shorter than 128 bytes, P-384 included. */
const sequence = (...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(0x30, content.length), content]);
};

const bytesOf = (value: unknown): Buffer => (Buffer.isBuffer(value) ? value : Buffer.alloc(0));

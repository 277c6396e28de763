import { createPublicKey } from 'node:crypto';
import { findTlv, parseTlvs, toBase64Url } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import { modulusBytes, type KeyAlgorithm } from './algorithms.ts';

/**
 * The public key template of a card (86 point, or 81 modulus and 82 exponent: SP 800-73-4 part 2, table 17)
 * as SubjectPublicKeyInfo, DER. A point beside the curve or a modulus of another length is refused.
 * Fault: card-bad-answer.
 */
export const encodePublicKey = (algorithm: KeyAlgorithm, template: Uint8Array): Result<Uint8Array> => {
  const fields = parseTlvs(template);
  if (!fields.ok) return fields;
  switch (algorithm) {
    case 'p-256':
      return encodePoint('P-256', 32, findTlv(fields.value, 0x86));
    case 'p-384':
      return encodePoint('P-384', 48, findTlv(fields.value, 0x86));
    case 'rsa-2048':
    case 'rsa-3072': {
      const modulus = findTlv(fields.value, 0x81);
      const exponent = findTlv(fields.value, 0x82);
      const complete =
        modulus !== undefined &&
        modulus.length === modulusBytes(algorithm) &&
        (modulus[0] ?? 0) >= 0x80 &&
        exponent !== undefined &&
        exponent.length > 0;
      if (!complete || ((modulus.at(-1) ?? 0) & 1) === 0) return badKey();
      return fromJwk({ kty: 'RSA', n: toBase64Url(modulus), e: toBase64Url(exponent) });
    }
  }
};

/** Uncompressed: 04 x y. */
const encodePoint = (crv: string, bytes: number, point: Uint8Array | undefined): Result<Uint8Array> => {
  if (point?.length !== 1 + 2 * bytes || point[0] !== 0x04) return badKey();
  const x = toBase64Url(point.subarray(1, 1 + bytes));
  return fromJwk({ kty: 'EC', crv, x, y: toBase64Url(point.subarray(1 + bytes)) });
};

/** The library checks what a key must be, e.g. that the point is on the curve. */
const fromJwk = (key: Record<string, string>): Result<Uint8Array> => {
  try {
    const publicKey = createPublicKey({ key, format: 'jwk' });
    return ok(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })));
  } catch {
    return badKey();
  }
};

const badKey = () => fail('card-bad-answer', { what: 'public key' });

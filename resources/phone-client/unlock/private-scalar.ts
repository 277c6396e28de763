import { algorithmNames } from '../../../electron/shared/domain/key-algorithms.ts';
import type { KeyAlgorithm } from '../../../electron/shared/domain/medium.ts';
import { toHex } from '../../../electron/shared/codec/index.ts';
import { derTag, partsOf, sequenceOf, valueAt } from '../credential/read-der.ts';

/**
 * The private number of an EC key in PKCS#8 (RFC 5958 around RFC 5915), as long as its curve. `undefined`:
 * anything else, which is what a wrong PIN leaves behind when its padding happens to be right.
 */
export const readPrivateScalar = (
  pkcs8: Uint8Array,
  algorithm: Exclude<KeyAlgorithm, 'rsa-2048'>,
): Uint8Array | undefined => {
  const whole = sequenceOf(pkcs8);
  const identifier = partsOf(valueAt(whole, 1, derTag.sequence));
  const key = valueAt(whole, 2, derTag.octetString);
  const scalar = valueAt(sequenceOf(key ?? new Uint8Array()), 1, derTag.octetString);
  const curve = valueAt(identifier, 1, derTag.oid);
  const { curveOid, signatureBytes } = algorithmNames[algorithm];
  const fits = curve !== undefined && toHex(curve) === curveOid && scalar?.length === signatureBytes / 2;
  return fits ? scalar.slice() : undefined;
};

import { equalBytes, fromHex } from '../../../electron/shared/codec/index.ts';
import { derTag, partsOf, sequenceOf, valueAt } from '../credential/read-der.ts';

/** PKCS#8 EncryptedPrivateKeyInfo under PBES2 with PBKDF2-HMAC-SHA-256 and AES-256-CBC (RFC 8018). */
export interface EncryptedKey {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
}

const idPbes2 = fromHex('2a864886f70d01050d');
const idPbkdf2 = fromHex('2a864886f70d01050c');
const idHmacWithSha256 = fromHex('2a864886f70d0209');
const idAes256Cbc = fromHex('60864801650304012a');

/** Fewer rounds than the card is written with would be somebody's weakening; many more would never end. */
const fewestIterations = 600_000;
const mostIterations = 10_000_000;

/** `undefined`: damaged, or protected in a way this client does not accept. */
export const readEncryptedKey = (der: Uint8Array): EncryptedKey | undefined => {
  const whole = sequenceOf(der);
  const algorithm = partsOf(valueAt(whole, 0, derTag.sequence));
  const schemes = partsOf(valueAt(algorithm, 1, derTag.sequence));
  const derivation = partsOf(valueAt(schemes, 0, derTag.sequence));
  const parameters = partsOf(valueAt(derivation, 1, derTag.sequence));
  const prf = partsOf(parameters?.at(-1)?.value);
  const encryption = partsOf(valueAt(schemes, 1, derTag.sequence));
  const salt = valueAt(parameters, 0, derTag.octetString);
  const iterations = toNumber(valueAt(parameters, 1, derTag.integer));
  const iv = valueAt(encryption, 1, derTag.octetString);
  const ciphertext = valueAt(whole, 1, derTag.octetString);
  const known =
    names(algorithm, idPbes2) &&
    names(derivation, idPbkdf2) &&
    names(prf, idHmacWithSha256) &&
    names(encryption, idAes256Cbc);
  if (!known || salt === undefined || iterations === undefined || iv?.length !== 16) return undefined;
  if (iterations < fewestIterations || iterations > mostIterations) return undefined;
  if (ciphertext === undefined || ciphertext.length === 0 || ciphertext.length % 16 !== 0) return undefined;
  return { salt, iterations, iv, ciphertext };
};

const names = (parts: ReturnType<typeof partsOf>, oid: Uint8Array): boolean => {
  const found = valueAt(parts, 0, derTag.oid);
  return found !== undefined && equalBytes(found, oid);
};

const toNumber = (integer: Uint8Array | undefined): number | undefined =>
  integer === undefined || integer.length === 0 || integer.length > 4
    ? undefined
    : integer.reduce((sum, byte) => sum * 256 + byte, 0);

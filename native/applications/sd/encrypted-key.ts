import { createCipheriv, createDecipheriv, createPrivateKey, pbkdf2, randomBytes } from 'node:crypto';
import { encodeTlv, fromHex } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import { derTag, oidIs, partsOf, sequenceOf, valueAt } from './der.ts';
import { partFiles } from './paths.ts';

/*
 * key.p8, PKCS#8 EncryptedPrivateKeyInfo under PBES2 (RFC 8018, 6.2 and appendix A):
 *
 *   SEQUENCE {
 *     SEQUENCE { id-PBES2, SEQUENCE {
 *       SEQUENCE { id-PBKDF2, SEQUENCE { salt, iterationCount, SEQUENCE { id-hmacWithSHA256, NULL } } },
 *       SEQUENCE { aes256-CBC, iv } } },
 *     OCTET STRING ciphertext }
 *
 * Written by hand because a key export with `cipher` and `passphrase` uses 2,048 rounds and says nothing.
 */
const idPbes2 = fromHex('2a864886f70d01050d');
const idPbkdf2 = fromHex('2a864886f70d01050c');
const idHmacWithSha256 = fromHex('2a864886f70d0209');
const idAes256Cbc = fromHex('60864801650304012a');

/** A card PIN has few digits and the file can be copied: the rounds are what a guess costs. */
const iterations = 600_000;
/** More rounds than this are a trap for the reader, not protection. */
const mostIterations = 10_000_000;

/** 6 to 8 digits. */
export const isCardPin = (pin: string): boolean => /^[0-9]{6,8}$/.test(pin);

/**
 * Puts a private key under the card PIN.
 * @param pkcs8 unencrypted PKCS#8, DER; it stays the caller's to wipe.
 * Fault: card-pin-format.
 */
export const encryptKey = async (pkcs8: Uint8Array, pin: string): Promise<Result<Uint8Array>> => {
  if (!isCardPin(pin)) return fail('card-pin-format');
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const wrappingKey = await derive(pin, salt, iterations);
  const cipher = createCipheriv('aes-256-cbc', wrappingKey, iv);
  const ciphertext = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
  wrappingKey.fill(0);
  const { sequence, oid, octetString, integer, null: none } = derTag;
  const prf = encodeTlv(sequence, encodeTlv(oid, idHmacWithSha256), encodeTlv(none));
  const rounds = encodeTlv(integer, unsigned(iterations));
  const kdfParameters = encodeTlv(sequence, encodeTlv(octetString, salt), rounds, prf);
  const kdf = encodeTlv(sequence, encodeTlv(oid, idPbkdf2), kdfParameters);
  const encryption = encodeTlv(sequence, encodeTlv(oid, idAes256Cbc), encodeTlv(octetString, iv));
  const pbes2 = encodeTlv(sequence, encodeTlv(oid, idPbes2), encodeTlv(sequence, kdf, encryption));
  return ok(encodeTlv(sequence, pbes2, encodeTlv(octetString, ciphertext)));
};

/**
 * Takes the key out again: unencrypted PKCS#8, DER, the caller's to wipe.
 * Faults: card-pin-format, card-pin-wrong, medium-file-damaged.
 */
export const decryptKey = async (p8: Uint8Array, pin: string): Promise<Result<Uint8Array>> => {
  if (!isCardPin(pin)) return fail('card-pin-format');
  const parsed = parseEncryptedKey(p8);
  if (!parsed.ok) return parsed;
  const wrappingKey = await derive(pin, parsed.value.salt, parsed.value.iterations);
  const pkcs8 = openCiphertext(wrappingKey, parsed.value);
  wrappingKey.fill(0);
  return pkcs8 === undefined ? fail('card-pin-wrong') : ok(pkcs8);
};

export interface EncryptedKey {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** Fault: medium-file-damaged, also for a weaker or unknown protection than this house writes. */
export const parseEncryptedKey = (p8: Uint8Array): Result<EncryptedKey> => {
  const whole = sequenceOf(p8);
  const algorithm = partsOf(valueAt(whole, 0, derTag.sequence));
  const schemes = partsOf(valueAt(algorithm, 1, derTag.sequence));
  const kdf = partsOf(valueAt(schemes, 0, derTag.sequence));
  const kdfParameters = partsOf(valueAt(kdf, 1, derTag.sequence));
  // keyLength is optional between the count and the PRF
  const prf = partsOf(kdfParameters?.at(-1)?.value);
  const encryption = partsOf(valueAt(schemes, 1, derTag.sequence));
  const salt = valueAt(kdfParameters, 0, derTag.octetString);
  const rounds = toNumber(valueAt(kdfParameters, 1, derTag.integer));
  const iv = valueAt(encryption, 1, derTag.octetString);
  const ciphertext = valueAt(whole, 1, derTag.octetString);
  const known =
    whole?.length === 2 &&
    oidIs(valueAt(algorithm, 0, derTag.oid), idPbes2) &&
    oidIs(valueAt(kdf, 0, derTag.oid), idPbkdf2) &&
    oidIs(valueAt(prf, 0, derTag.oid), idHmacWithSha256) &&
    oidIs(valueAt(encryption, 0, derTag.oid), idAes256Cbc);
  if (!known || salt === undefined || iv?.length !== 16) return damagedKey();
  if (rounds === undefined || rounds < iterations || rounds > mostIterations) return damagedKey();
  if (ciphertext === undefined || ciphertext.length === 0 || ciphertext.length % 16 !== 0)
    return damagedKey();
  return ok({ salt, iterations: rounds, iv, ciphertext });
};

/** `undefined`: the padding is wrong, or what is inside is no private key. */
const openCiphertext = (key: Uint8Array, { iv, ciphertext }: EncryptedKey): Uint8Array | undefined => {
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, iv);
    const pkcs8 = Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    return new Uint8Array(pkcs8);
  } catch {
    return undefined;
  }
};

const derive = (pin: string, salt: Uint8Array, rounds: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    pbkdf2(pin, salt, rounds, 32, 'sha256', (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });

/** A DER INTEGER is signed: a leading byte of 80 or more would be negative. */
const unsigned = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  const minimal = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
  return (minimal[0] ?? 0) < 0x80 ? minimal : Buffer.concat([Buffer.of(0), minimal]);
};

const toNumber = (integer: Uint8Array | undefined): number | undefined =>
  integer === undefined || integer.length === 0 || integer.length > 4
    ? undefined
    : integer.reduce((sum, byte) => sum * 256 + byte, 0);

const damagedKey = (): ReturnType<typeof fail> => fail('medium-file-damaged', { path: partFiles.key });

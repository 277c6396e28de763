import { createHash } from 'node:crypto';
import { concatBytes, encodeTlv, utf8, type CommandApdu } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';

export type OathKind = 'hotp' | 'totp';
export type OathAlgorithm = 'sha-1' | 'sha-256' | 'sha-512';

/** What the card keeps beside the secret, and tells. */
export interface OathListing {
  /** UTF-8, 1 to 64 bytes; unique on the card. */
  readonly name: string;
  readonly kind: OathKind;
  readonly algorithm: OathAlgorithm;
}

export interface OathCredential extends OathListing {
  /** At least 14 bytes are on the card: shorter ones are filled up, longer than a hash block are hashed. */
  readonly secret: Uint8Array;
  /** 6 to 8. */
  readonly digits: number;
  /** HOTP: where to begin; 0 when absent. */
  readonly counter?: number;
}

/** PUT (YKOATH): 71 name | 73 { kind and algorithm, digits, key } [| 7A counter 4]. Fault: bad-input. */
export const putCommand = (credential: OathCredential): Result<CommandApdu> => {
  const { kind, algorithm, digits, secret, counter = 0 } = credential;
  const name = encodeName(credential.name);
  if (!name.ok) return name;
  if (!Number.isInteger(digits) || digits < 6 || digits > 8) return fail('bad-input', { field: 'digits' });
  if (secret.length === 0) return fail('bad-input', { field: 'secret' });
  if (!Number.isInteger(counter) || counter < 0 || counter > 0xffffffff || (counter > 0 && kind !== 'hotp'))
    return fail('bad-input', { field: 'counter' });
  const attributes = new Uint8Array([kindByte[kind] | algorithmByte[algorithm], digits]);
  const data = concatBytes(
    name.value,
    encodeTlv(TAG_KEY, attributes, cardKey(secret, algorithm)),
    counter === 0 ? new Uint8Array(0) : encodeTlv(TAG_INITIAL_FACTOR, uint32(counter)),
  );
  return ok({ cla: 0, ins: 0x01, p1: 0, p2: 0, data });
};

export const encodeName = (name: string): Result<Uint8Array> => {
  const bytes = utf8(name);
  return bytes.length >= 1 && bytes.length <= 64
    ? ok(encodeTlv(TAG_NAME, bytes))
    : fail('bad-input', { field: 'name' });
};

/** `undefined` for a kind or algorithm that nobody knows. */
export const listingOf = (byte: number): Omit<OathListing, 'name'> | undefined => {
  const kind = kinds.find((one) => kindByte[one] === (byte & 0xf0));
  const algorithm = algorithms.find((one) => algorithmByte[one] === (byte & 0x0f));
  return kind === undefined || algorithm === undefined ? undefined : { kind, algorithm };
};

export const TAG_NAME = 0x71;
export const TAG_KEY = 0x73;
const TAG_INITIAL_FACTOR = 0x7a;

const kinds = ['hotp', 'totp'] as const;
const algorithms = ['sha-1', 'sha-256', 'sha-512'] as const;
const kindByte = { hotp: 0x10, totp: 0x20 } as const;
const algorithmByte = { 'sha-1': 0x01, 'sha-256': 0x02, 'sha-512': 0x03 } as const;
const hashes = { 'sha-1': 'sha1', 'sha-256': 'sha256', 'sha-512': 'sha512' } as const;
const hashBlock = { 'sha-1': 64, 'sha-256': 64, 'sha-512': 128 } as const;

/** HMAC itself hashes a key longer than a block (RFC 2104 §2), so the card gets what HMAC would use. */
const cardKey = (secret: Uint8Array, algorithm: OathAlgorithm): Uint8Array => {
  if (secret.length > hashBlock[algorithm])
    return new Uint8Array(createHash(hashes[algorithm]).update(secret).digest());
  if (secret.length >= 14) return secret;
  const filled = new Uint8Array(14);
  filled.set(secret);
  return filled;
};

const uint32 = (value: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
};

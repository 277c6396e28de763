import { createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import { equalBytes, fromHex, parseUtf8 } from '../../shared/codec/index.ts';
import type { KeyAlgorithm } from '../../shared/domain/index.ts';
import { isInfineonModulus } from '../ca/infineon-modulus.ts';
import { readDer, readSequence, type DerValue } from '../ca/read-der.ts';
import { readName, type SubjectName } from '../ca/subject-name.ts';
import { plainCurveOf, spkiOf } from '../ca/subject-public-key.ts';
import { flawFoundBeside } from './requests-beside.ts';

/** A PKCS#10 request (RFC 2986) whose form is right and whose signature was checked. */
export interface CertificateRequest {
  readonly subject: SubjectName;
  /** SubjectPublicKeyInfo as OpenSSL writes it, DER. */
  readonly spki: Uint8Array;
  /** Undefined for a key of another kind, or of another length. */
  readonly keyAlgorithm: KeyAlgorithm | undefined;
  /** SHA-256 of the SubjectPublicKeyInfo, hex. */
  readonly publicKeySha256: string;
  /** Object identifier of the algorithm the request is signed with. */
  readonly signatureAlgorithm: string;
  /** RFC 2985, 5.4.1; in EST what ties the request to its connection (RFC 7030, 3.5). */
  readonly challengePassword: string | undefined;
}

export type RequestFlaw = 'malformed' | 'proof-of-possession' | 'weak-key';

interface SignatureAlgorithm {
  readonly oid: string;
  readonly hash: string;
}

/** The content of the object identifiers, hex. */
const signatureAlgorithms: Readonly<Record<string, SignatureAlgorithm>> = {
  '2a8648ce3d040302': { oid: '1.2.840.10045.4.3.2', hash: 'sha256' },
  '2a8648ce3d040303': { oid: '1.2.840.10045.4.3.3', hash: 'sha384' },
  '2a8648ce3d040304': { oid: '1.2.840.10045.4.3.4', hash: 'sha512' },
  '2a864886f70d01010b': { oid: '1.2.840.113549.1.1.11', hash: 'sha256' },
  '2a864886f70d01010c': { oid: '1.2.840.113549.1.1.12', hash: 'sha384' },
  '2a864886f70d01010d': { oid: '1.2.840.113549.1.1.13', hash: 'sha512' },
};

/**
 * Reads DER and checks that the sender holds the private key, and that nobody else can compute it; says which of
 * the three was wrong.
 */
export const readCertificateRequest = (der: Uint8Array): CertificateRequest | RequestFlaw => {
  const read = readParts(der);
  if (typeof read === 'string') return read;
  return flawOf(read) ?? requestOf(read);
};

/** What `readCertificateRequest` finds wrong; undefined: nothing. */
export const flawInRequest = (der: Uint8Array): RequestFlaw | undefined => {
  const read = readParts(der);
  return typeof read === 'string' ? read : flawOf(read);
};

/** A request whose form is right; of its key and signature, another core may still be finding out. */
export interface RequestOnTrial {
  readonly request: CertificateRequest;
  /** Undefined: none. Whoever acts on the request, or refuses it for another reason, asks this first. */
  readonly flaw: () => RequestFlaw | undefined;
}

/** As `readCertificateRequest`, and leaves key and signature to another core for now. */
export const tryCertificateRequest = (der: Uint8Array): RequestOnTrial | RequestFlaw => {
  const read = readParts(der);
  if (typeof read === 'string') return read;
  return { request: requestOf(read), flaw: flawFoundBeside(der, () => flawOf(read)) };
};

/** One that was checked. */
export const tried = (request: CertificateRequest): RequestOnTrial => ({ request, flaw: () => undefined });

const flawOf = (parts: RequestParts): RequestFlaw | undefined => {
  const { spki, key } = parts;
  if (possesses(parts)) return key !== undefined && isWeak(key) ? 'weak-key' : undefined;
  return (key ?? publicKeyIn(spki)) === undefined ? 'malformed' : 'proof-of-possession';
};

const requestOf = ({ subject, spki: asSent, curve, key, algorithm, challengePassword }: RequestParts) => {
  const spki = key === undefined ? asSent : spkiOf(key);
  return {
    subject,
    spki,
    keyAlgorithm: key === undefined ? curve : algorithmOf(key),
    publicKeySha256: hash('sha256', spki),
    signatureAlgorithm: algorithm.oid,
    challengePassword: challengePassword.text,
  };
};

interface RequestParts {
  /** What is signed. */
  readonly info: Uint8Array;
  readonly subject: SubjectName;
  /** As it was sent. */
  readonly spki: Uint8Array;
  readonly curve: ReturnType<typeof plainCurveOf>;
  /**
   * Absent where nothing has to be asked about it, which is nearly always: it is loaded when the signature is checked,
   * and found out then if it is none. An object that stands for it would stay until the next full collection of garbage.
   */
  readonly key: KeyObject | undefined;
  readonly challengePassword: { readonly text: string | undefined };
  /** Of the signature. */
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
}

/**
 * CertificationRequest ::= SEQUENCE { info, signatureAlgorithm, signature }, everything in its one right form: what
 * the signature does not cover too, so the algorithm has no parameters of somebody's choice (RFC 5758, 3.2; RFC 4055,
 * 5: absent, or NULL with RSA) and the signature is a BIT STRING of whole bytes.
 */
const readParts = (der: Uint8Array): RequestParts | RequestFlaw => {
  const parts = readSequence(der);
  const [info, identifier, bits] = parts ?? [];
  if (parts?.length !== 3 || info?.tag !== SEQUENCE || bits?.tag !== BIT_STRING) return 'malformed';
  const inside = readDer(info.content);
  const [version, name, publicKey, attributes] = inside ?? [];
  if (version === undefined || name === undefined || publicKey === undefined) return 'malformed';
  if (!equalBytes(version.whole, version1) || (inside?.length ?? 0) > 4) return 'malformed';

  const oid = oidIn(identifier);
  const subject = readName(name.whole);
  const challengePassword = attributes === undefined ? none : challengePasswordIn(attributes);
  const spki = publicKey.whole;
  if (oid === undefined || subject === undefined || challengePassword === undefined) return 'malformed';
  if (publicKey.tag !== SEQUENCE || bits.content[0] !== 0) return 'malformed';
  const algorithm = signatureAlgorithms[oid];
  const curve = plainCurveOf(spki);
  const isLoadedLater = curve !== undefined && algorithm !== undefined;
  const key = isLoadedLater ? undefined : publicKeyIn(spki);
  if (key === undefined && !isLoadedLater) return 'malformed';
  // Signed by nothing that proves anything.
  if (algorithm === undefined) return 'proof-of-possession';
  const signature = bits.content.subarray(1);
  return { info: info.whole, subject, spki, curve, key, challengePassword, algorithm, signature };
};

const none = { text: undefined };

const oidIn = (identifier: DerValue | undefined): string | undefined => {
  const [oid, parameters, ...more] =
    (identifier?.tag === SEQUENCE ? readDer(identifier.content) : undefined) ?? [];
  if (oid?.tag !== OBJECT_IDENTIFIER || more.length > 0) return undefined;
  if (parameters !== undefined && !equalBytes(parameters.whole, asnNull)) return undefined;
  return Buffer.from(oid.content).toString('hex');
};

const publicKeyIn = (spki: Uint8Array): KeyObject | undefined => {
  try {
    // Loading the key also checks that an EC point lies on its curve. As PEM, since an object is first asked whether
    // it is a key already, which Node 24 does by throwing: that takes longer than the loading.
    return createPublicKey(pemOf(spki));
  } catch {
    return undefined;
  }
};

const pemOf = (spki: Uint8Array): string =>
  `-----BEGIN PUBLIC KEY-----\n${Buffer.from(spki).toString('base64')}\n-----END PUBLIC KEY-----\n`;

const isWeak = (key: KeyObject): boolean => {
  const { n: modulus } = key.asymmetricKeyType === 'rsa' ? key.export({ format: 'jwk' }) : {};
  return modulus !== undefined && isInfineonModulus(Buffer.from(modulus, 'base64url'));
};

const algorithmOf = ({
  asymmetricKeyType: type,
  asymmetricKeyDetails: details,
}: KeyObject): KeyAlgorithm | undefined => {
  if (type === 'rsa')
    return details?.modulusLength === 2048 && details.publicExponent === 65_537n ? 'rsa-2048' : undefined;
  if (type !== 'ec') return undefined;
  switch (details?.namedCurve) {
    case 'prime256v1':
      return 'p-256';
    case 'secp384r1':
      return 'p-384';
    default:
      return undefined;
  }
};

/**
 * Attributes ::= [0] IMPLICIT SET OF SEQUENCE { type, SET OF value }. Undefined for what is no such thing, and for a
 * challengePassword that is there twice or is no text: what cannot be read cannot be checked.
 */
const challengePasswordIn = ({ tag, content }: DerValue): { text: string | undefined } | undefined => {
  const attributes = tag === ATTRIBUTES ? readDer(content) : undefined;
  if (attributes === undefined) return undefined;
  const found: DerValue[] = [];
  for (const attribute of attributes) {
    const [type, values, ...more] =
      (attribute.tag === SEQUENCE ? readDer(attribute.content) : undefined) ?? [];
    if (type?.tag !== OBJECT_IDENTIFIER || values?.tag !== SET || more.length > 0) return undefined;
    const each = readDer(values.content);
    if (each === undefined) return undefined;
    if (!equalBytes(type.content, challengePassword)) continue;
    if (each.length !== 1) return undefined;
    found.push(...each);
  }
  const [value] = found;
  if (value === undefined) return none;
  const text = found.length === 1 ? textOf(value) : undefined;
  return text === undefined || text.length > 255 ? undefined : { text };
};

/** Of a DirectoryString or an IA5String. */
const textOf = ({ tag, content }: DerValue): string | undefined => {
  switch (tag) {
    case UTF8_STRING:
      return parseUtf8(content);
    case PRINTABLE_STRING:
    case TELETEX_STRING:
    case IA5_STRING:
      return Buffer.from(content).toString('latin1');
    default:
      return undefined;
  }
};

const possesses = ({ algorithm, info, spki, key, signature }: RequestParts): boolean => {
  try {
    return verify(algorithm.hash, info, key ?? pemOf(spki), signature);
  } catch {
    return false;
  }
};

const [BIT_STRING, OBJECT_IDENTIFIER, SEQUENCE, SET, ATTRIBUTES] = [0x03, 0x06, 0x30, 0x31, 0xa0] as const;
const [UTF8_STRING, PRINTABLE_STRING, TELETEX_STRING, IA5_STRING] = [0x0c, 0x13, 0x14, 0x16] as const;
const version1 = fromHex('020100');
const asnNull = fromHex('0500');
const challengePassword = fromHex('2a864886f70d010907');

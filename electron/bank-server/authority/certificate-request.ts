import { CertificationRequest } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, AttributeValue, type Attribute } from '@peculiar/asn1-x509';
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { encodeTlv, equalBytes } from '../../shared/codec/index.ts';
import { arrayBuffer } from '../ca/sign-certificate.ts';
import { readName, type SubjectName } from '../ca/subject-name.ts';

/** A PKCS#10 request (RFC 2986) whose form is right and whose signature was checked. */
export interface CertificateRequest {
  readonly subject: SubjectName;
  readonly publicKey: KeyObject;
  /** SHA-256 of the SubjectPublicKeyInfo, hex. */
  readonly publicKeySha256: string;
  /** Object identifier of the algorithm the request is signed with. */
  readonly signatureAlgorithm: string;
  /** RFC 2985, 5.4.1; in EST what ties the request to its connection (RFC 7030, 3.5). */
  readonly challengePassword: string | undefined;
}

export type RequestFlaw = 'malformed' | 'proof-of-possession';

const hashOf: Record<string, string> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
};

/** Reads DER and checks that the sender holds the private key; says which of the two was wrong. */
export const readCertificateRequest = (der: Uint8Array): CertificateRequest | RequestFlaw => {
  let request: CertificationRequest;
  let publicKey: KeyObject;
  let subject: SubjectName | undefined;
  let challengePassword: string | undefined;
  try {
    request = AsnConvert.parse(arrayBuffer(der), CertificationRequest);
    const info = request.certificationRequestInfo;
    // Loading the key also checks that an EC point lies on its curve.
    publicKey = createPublicKey({
      key: Buffer.from(AsnConvert.serialize(info.subjectPKInfo)),
      format: 'der',
      type: 'spki',
    });
    subject = readName(info.subject);
    challengePassword = challengePasswordIn(info.attributes);
  } catch {
    return 'malformed';
  }
  const signed = request.certificationRequestInfoRaw;
  if (signed === undefined || subject === undefined) return 'malformed';
  if (!isExactlyFramed(der, signed, request)) return 'malformed';

  const signatureAlgorithm = request.signatureAlgorithm.algorithm;
  const hash = hashOf[signatureAlgorithm];
  if (hash === undefined || !possesses(publicKey, hash, signed, request.signature))
    return 'proof-of-possession';
  return {
    subject,
    publicKey,
    publicKeySha256: createHash('sha256')
      .update(publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
    signatureAlgorithm,
    challengePassword,
  };
};

const ID_CHALLENGE_PASSWORD = '1.2.840.113549.1.9.7';

/** Throws for one that is there twice or is no text: what cannot be read cannot be checked. */
const challengePasswordIn = (attributes: readonly Attribute[]): string | undefined => {
  const found = attributes.filter(({ type }) => type === ID_CHALLENGE_PASSWORD);
  if (found.length === 0) return undefined;
  const [value, ...more] = found.flatMap(({ values }) => values);
  if (found.length > 1 || value === undefined || more.length > 0) throw new Error('challengePassword');
  const { utf8String, printableString, teletexString, ia5String } = AsnConvert.parse(value, AttributeValue);
  const text = utf8String ?? printableString ?? teletexString ?? ia5String;
  if (text === undefined || text.length > 255) throw new Error('challengePassword');
  return text;
};

const possesses = (key: KeyObject, hash: string, signed: ArrayBuffer, signature: ArrayBuffer): boolean => {
  try {
    return verify(hash, new Uint8Array(signed), key, new Uint8Array(signature));
  } catch {
    return false;
  }
};

/**
 * What the signature does not cover has to be there in its one right form (X.690, 10): the outer SEQUENCE,
 * the algorithm without parameters of somebody's choice (RFC 5758, 3.2; RFC 4055, 5: absent or NULL with
 * RSA), the signature as a BIT STRING of whole bytes.
 */
const isExactlyFramed = (der: Uint8Array, signed: ArrayBuffer, request: CertificationRequest): boolean => {
  const { algorithm } = request.signatureAlgorithm;
  const signature = encodeTlv(0x03, Uint8Array.of(0), new Uint8Array(request.signature));
  return [{ algorithm }, { algorithm, parameters: asnNull }].some((identifier) => {
    const encoded = new Uint8Array(AsnConvert.serialize(new AlgorithmIdentifier(identifier)));
    return equalBytes(der, encodeTlv(0x30, new Uint8Array(signed), encoded, signature));
  });
};

const asnNull = Uint8Array.of(0x05, 0x00).buffer;

import { CertificationRequest } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
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
  try {
    if (!isOneDerValue(der)) return 'malformed';
    request = AsnConvert.parse(arrayBuffer(der), CertificationRequest);
    const info = request.certificationRequestInfo;
    // Loading the key also checks that an EC point lies on its curve.
    publicKey = createPublicKey({
      key: Buffer.from(AsnConvert.serialize(info.subjectPKInfo)),
      format: 'der',
      type: 'spki',
    });
    subject = readName(info.subject);
  } catch {
    return 'malformed';
  }
  const signed = request.certificationRequestInfoRaw;
  if (signed === undefined || subject === undefined) return 'malformed';

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
  };
};

const possesses = (key: KeyObject, hash: string, signed: ArrayBuffer, signature: ArrayBuffer): boolean => {
  try {
    return verify(hash, new Uint8Array(signed), key, new Uint8Array(signature));
  } catch {
    return false;
  }
};

/** One SEQUENCE with a definite length that ends where the bytes end. */
const isOneDerValue = (der: Uint8Array): boolean => {
  const [tag, first] = der;
  if (tag !== 0x30 || first === undefined || first === 0x80 || first > 0x83) return false;
  if (first < 0x80) return der.length === 2 + first;
  const lengthBytes = first & 0x7f;
  const length = der.subarray(2, 2 + lengthBytes).reduce((sum, byte) => sum * 256 + byte, 0);
  return der.length === 2 + lengthBytes + length;
};

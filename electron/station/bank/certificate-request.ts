import 'reflect-metadata';
import { Attributes, CertificationRequestInfo } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Attribute, AttributeValue, Name, SubjectPublicKeyInfo } from '@peculiar/asn1-x509';
import { createPublicKey, verify } from 'node:crypto';
import type { EnrolmentOrder } from '../../shared/bank-api/index.ts';
import { encodeTlv, fromHex } from '../../shared/codec/index.ts';
import { algorithmNames, type KeyAlgorithm } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { parseName } from './distinguished-name.ts';

/** AlgorithmIdentifier, DER. */
const signatureAlgorithms: Record<KeyAlgorithm, Uint8Array> = {
  'p-256': fromHex('300a 06082a8648ce3d040302'), // ecdsa-with-SHA256, RFC 5758 3.2
  'rsa-2048': fromHex('300d 06092a864886f70d01010b 0500'), // sha256WithRSAEncryption, RFC 4055 5
  'p-384': fromHex('300a 06082a8648ce3d040303'), // ecdsa-with-SHA384, RFC 5758 3.2
};

/** What a key of this algorithm signs. */
export const hashOf = (algorithm: KeyAlgorithm): 'sha256' | 'sha384' =>
  algorithmNames[algorithm].hash === 'SHA-384' ? 'sha384' : 'sha256';

export interface CertificateRequestOrder {
  readonly order: EnrolmentOrder;
  /** Ties the request to its connection (RFC 7030, 3.5). */
  readonly challengePassword?: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /**
   * Signs these bytes with the private key: ECDSA as DER or RSA PKCS#1 v1.5, over `hashOf` the bytes.
   * The card does it, or the key of a file.
   */
  sign(toBeSigned: Uint8Array): Promise<Result<Uint8Array>>;
}

/**
 * A PKCS#10 request (RFC 2986) with the subject the bank ordered, checked before it leaves: a card that
 * signs wrongly is found here. Gives DER. Faults: those of `sign`, card-key-mismatch, bank-bad-answer.
 */
export async function makeCertificateRequest(wanted: CertificateRequestOrder): Promise<Result<Uint8Array>> {
  const { order, publicKey } = wanted;
  const subject = subjectOf(order);
  if (!subject) return fail('bank-bad-answer', { call: 'reserveCard' });
  const info = AsnConvert.serialize(
    new CertificationRequestInfo({
      version: 0,
      subject,
      subjectPKInfo: AsnConvert.parse(publicKey, SubjectPublicKeyInfo),
      attributes: new Attributes(
        wanted.challengePassword === undefined ? [] : [challenge(wanted.challengePassword)],
      ),
    }),
  );
  const signed = await wanted.sign(new Uint8Array(info));
  if (!signed.ok) return signed;
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  if (!verifies(hashOf(order.algorithm), new Uint8Array(info), key, signed.value))
    return fail('card-key-mismatch', { what: 'request' });

  // Put together around the bytes that were signed, not a second encoding of what they mean.
  const algorithm = signatureAlgorithms[order.algorithm];
  const signature = encodeTlv(0x03, new Uint8Array([0]), signed.value);
  return ok(encodeTlv(0x30, new Uint8Array(info), algorithm, signature));
}

/** RFC 2985, 5.4.1. Base64 has only letters that a PrintableString may hold. */
const challenge = (printableString: string): Attribute =>
  new Attribute({
    type: '1.2.840.113549.1.9.7',
    values: [AsnConvert.serialize(new AttributeValue({ printableString }))],
  });

function subjectOf(order: EnrolmentOrder): Name | undefined {
  if (order.subjectDer === undefined) return parseName(order.subject);
  try {
    return AsnConvert.parse(Buffer.from(order.subjectDer, 'base64'), Name);
  } catch {
    return undefined;
  }
}

function verifies(
  hash: string,
  bytes: Uint8Array,
  key: ReturnType<typeof createPublicKey>,
  signature: Uint8Array,
): boolean {
  try {
    return verify(hash, bytes, key, signature);
  } catch {
    return false;
  }
}

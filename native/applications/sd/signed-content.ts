import { createHash, verify, X509Certificate } from 'node:crypto';
import { encodeTlv, equalBytes, fromHex, type Tlv } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import { derTag, oidIs, partsOf, sequenceOf, valueAt } from './der.ts';

/*
 * What the bank signs for a medium: CMS SignedData with the content inside (RFC 5652, 5).
 *
 *   ContentInfo { id-signedData, [0] SignedData {
 *     version, digestAlgorithms, EncapsulatedContentInfo { type, [0] { OCTET STRING content } },
 *     [0] certificates, [1] crls?, SET { SignerInfo {
 *       version, sid, digestAlgorithm, [0] signedAttrs, signatureAlgorithm, signature, [1]? } } } }
 *
 * DER only, one signer, signed attributes required, SHA-256, ECDSA on P-256 or RSA PKCS#1 v1.5 with
 * 2048 bits or more. Everything else is refused: the bank writes nothing else.
 */
const idSignedData = fromHex('2a864886f70d010702');
const idContentType = fromHex('2a864886f70d010903');
const idMessageDigest = fromHex('2a864886f70d010904');
const idSha256 = fromHex('608648016503040201');
const idEcdsaWithSha256 = fromHex('2a8648ce3d040302');
const idRsaEncryption = fromHex('2a864886f70d010101');
const idSha256WithRsa = fromHex('2a864886f70d01010b');

/** Why a signature does not hold; `data.reason` of the fault. */
export type SignatureDefect =
  | 'not-cms' // cut short, or another kind of file
  | 'algorithm' // an algorithm or form the bank does not use
  | 'content' // signed, but not what this file should say
  | 'digest' // the content is not the one that was signed
  | 'signature' // the signature is not the signer's
  | 'signer-unknown' // not issued by this bank's CA
  | 'signer-purpose' // issued by it, but to a customer, a station or a server
  | 'signer-expired';

export interface SignedContent {
  readonly content: Uint8Array;
  /** DER of the certificate whose key signed it. */
  readonly signerCertificate: Uint8Array;
}

/** The content without a look at the signature. Fault: medium-signature-invalid {path, reason}. */
export const contentOf = (cms: Uint8Array, path: string): Result<Uint8Array> => {
  const parsed = parseSignedData(cms);
  return parsed === undefined ? invalid(path, 'not-cms') : ok(parsed.content);
};

/**
 * The content, after everything was checked: digest, signature, signer's certificate, its purpose and dates.
 * @param caPem certificates of the bank's CA, PEM.
 * Fault: medium-signature-invalid {path, reason}; reasons in `SignatureDefect`.
 */
export const verifySignedContent = (
  cms: Uint8Array,
  path: string,
  caPem: string,
  at: Date,
): Result<SignedContent> => {
  const data = parseSignedData(cms);
  if (data === undefined) return invalid(path, 'not-cms');
  const signer = parseSigner(data.signerInfo);
  if (signer === undefined) return invalid(path, 'not-cms');
  if (!oidIs(signer.digestAlgorithm, idSha256)) return invalid(path, 'algorithm');

  // 5.4: with signed attributes, the content counts only through the digest among them
  const contentType = attributeValue(signer.attributes, idContentType);
  const digest = valueAt(attributeValue(signer.attributes, idMessageDigest), 0, derTag.octetString);
  if (!oidIs(valueAt(contentType, 0, derTag.oid), data.contentType)) return invalid(path, 'digest');
  const actual = createHash('sha256').update(data.content).digest();
  if (digest === undefined || !equalBytes(digest, actual)) return invalid(path, 'digest');

  const certificate = data.certificates.find((one) => matches(one, signer.identifier));
  if (certificate === undefined) return invalid(path, 'signer-unknown');
  const defect = bankSignerDefect(certificate, parsePem(caPem), at);
  if (defect !== undefined) return invalid(path, defect);

  const keyType = certificate.publicKey.asymmetricKeyType;
  const fits =
    keyType === 'ec'
      ? oidIs(signer.signatureAlgorithm, idEcdsaWithSha256)
      : oidIs(signer.signatureAlgorithm, idRsaEncryption) ||
        oidIs(signer.signatureAlgorithm, idSha256WithRsa);
  if (!fits || !isAllowedKey(certificate)) return invalid(path, 'algorithm');
  // 5.4: signed as an explicit SET OF, not under the [0] it is sent with
  const signedBytes = encodeTlv(derTag.set, signer.signedAttributes);
  if (!holds(signedBytes, certificate, signer.signature)) return invalid(path, 'signature');
  return ok({ content: data.content, signerCertificate: new Uint8Array(certificate.raw) });
};

interface SignedData {
  readonly contentType: Uint8Array;
  readonly content: Uint8Array;
  readonly certificates: readonly X509Certificate[];
  readonly signerInfo: readonly Tlv[];
}

const parseSignedData = (cms: Uint8Array): SignedData | undefined => {
  const outer = sequenceOf(cms);
  if (!oidIs(valueAt(outer, 0, derTag.oid), idSignedData)) return undefined;
  const data = sequenceOf(valueAt(outer, 1, derTag.context0));
  const encapsulated = partsOf(valueAt(data, 2, derTag.sequence));
  const contentType = valueAt(encapsulated, 0, derTag.oid);
  const content = valueAt(partsOf(valueAt(encapsulated, 1, derTag.context0)), 0, derTag.octetString);
  const certificates = partsOf(valueAt(data, 3, derTag.context0))?.map(parseCertificate);
  const signerInfos = partsOf(data?.at(-1)?.tag === derTag.set ? data.at(-1)?.value : undefined);
  const signerInfo =
    signerInfos?.length === 1 ? partsOf(valueAt(signerInfos, 0, derTag.sequence)) : undefined;
  if (contentType === undefined || content === undefined || signerInfo === undefined) return undefined;
  if (certificates?.every((one) => one !== undefined) !== true) return undefined;
  return { contentType, content, certificates, signerInfo };
};

interface Signer {
  readonly identifier: Tlv;
  readonly digestAlgorithm: Uint8Array | undefined;
  /** The attributes' bytes one after another, as sent. */
  readonly signedAttributes: Uint8Array;
  readonly attributes: readonly Tlv[];
  readonly signatureAlgorithm: Uint8Array | undefined;
  readonly signature: Uint8Array;
}

const parseSigner = (info: readonly Tlv[]): Signer | undefined => {
  const identifier = info[1];
  const signedAttributes = valueAt(info, 3, derTag.context0);
  const attributes = partsOf(signedAttributes);
  const signature = valueAt(info, 5, derTag.octetString);
  if (identifier === undefined || signedAttributes === undefined || attributes === undefined)
    return undefined;
  if (signature === undefined) return undefined;
  return {
    identifier,
    digestAlgorithm: valueAt(partsOf(valueAt(info, 2, derTag.sequence)), 0, derTag.oid),
    signedAttributes,
    attributes,
    signatureAlgorithm: valueAt(partsOf(valueAt(info, 4, derTag.sequence)), 0, derTag.oid),
    signature,
  };
};

/** The one value of an attribute that must be there exactly once (RFC 5652, 11.1 and 11.2). */
const attributeValue = (attributes: readonly Tlv[], type: Uint8Array): readonly Tlv[] | undefined => {
  const found = attributes.map((one) => partsOf(one.value)).filter((one) => oidIs(one?.[0]?.value, type));
  const values = found.length === 1 ? partsOf(valueAt(found[0], 1, derTag.set)) : undefined;
  return values?.length === 1 ? values : undefined;
};

/** sid: issuer and serial number, or [0] subject key identifier. */
const matches = (certificate: X509Certificate, identifier: Tlv): boolean => {
  const tbs = tbsOf(certificate);
  if (identifier.tag === derTag.sequence) {
    const [issuer, serial] = partsOf(identifier.value) ?? [];
    return sameTlv(issuer, tbs?.[3]) && sameTlv(serial, tbs?.[1]);
  }
  const keyIdentifier = extensionOf(certificate, fromHex('551d0e'));
  return (
    identifier.tag === derTag.subjectKeyIdentifier &&
    keyIdentifier !== undefined &&
    equalBytes(keyIdentifier, encodeTlv(derTag.octetString, identifier.value))
  );
};

/**
 * Why this certificate is not the one that the bank signs with. The same CA also certifies customers' and officers'
 * cards, stations and servers; none of their keys may stand for the bank. Their certificates name a purpose, the bank's
 * signing certificate names none of theirs.
 * @param cas of the bank
 */
export const bankSignerDefect = (
  certificate: X509Certificate,
  cas: readonly X509Certificate[],
  at: Date,
): SignatureDefect | undefined => {
  const issuers = cas.filter(
    (ca) => ca.ca && certificate.checkIssued(ca) && certificate.verify(ca.publicKey),
  );
  if (issuers.length === 0) return 'signer-unknown';
  // Node leaves `keyUsage` (the extended one) undefined when the extension is absent.
  const purposes = (certificate.keyUsage as readonly string[] | undefined) ?? [];
  const allowed = purposes.every((purpose) => signingPurposes.includes(purpose));
  if (certificate.ca || !allowed || !maySign(certificate)) return 'signer-purpose';
  const isGood = isCurrent(certificate, at) && issuers.some((ca) => isCurrent(ca, at));
  return isGood ? undefined : 'signer-expired';
};

/** emailProtection (what CMS tools ask for) and documentSigning (RFC 9336). */
const signingPurposes: readonly string[] = ['1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.36'];

/** keyUsage, when present, must hold digitalSignature: bit 0 of the BIT STRING `03 len unused bits…`. */
const maySign = (certificate: X509Certificate): boolean => {
  const usage = extensionOf(certificate, fromHex('551d0f'));
  return usage === undefined || ((usage[3] ?? 0) & 0x80) !== 0;
};

const isCurrent = (certificate: X509Certificate, at: Date): boolean =>
  certificate.validFromDate <= at && at <= certificate.validToDate;

const isAllowedKey = ({ publicKey }: X509Certificate): boolean =>
  publicKey.asymmetricKeyType === 'ec'
    ? publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1'
    : publicKey.asymmetricKeyType === 'rsa' && (publicKey.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;

const holds = (signed: Uint8Array, certificate: X509Certificate, signature: Uint8Array): boolean => {
  try {
    return verify('sha256', signed, certificate.publicKey, signature);
  } catch {
    return false; // not even the form of a signature
  }
};

/** version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo, …, [3] extensions */
const tbsOf = (certificate: X509Certificate): readonly Tlv[] | undefined =>
  partsOf(valueAt(sequenceOf(certificate.raw), 0, derTag.sequence));

/** The bytes inside an extension's OCTET STRING. */
const extensionOf = (certificate: X509Certificate, oid: Uint8Array): Uint8Array | undefined => {
  const wrapped = tbsOf(certificate)?.find((part) => part.tag === derTag.context3)?.value;
  const extensions = sequenceOf(wrapped) ?? [];
  const extension = extensions.map((one) => partsOf(one.value)).find((one) => oidIs(one?.[0]?.value, oid));
  return extension?.at(-1)?.value;
};

const sameTlv = (one: Tlv | undefined, other: Tlv | undefined): boolean =>
  one !== undefined && one.tag === other?.tag && equalBytes(one.value, other.value);

const parseCertificate = (tlv: Tlv): X509Certificate | undefined =>
  tlv.tag === derTag.sequence ? parseDer(encodeTlv(tlv.tag, tlv.value)) : undefined;

const parseDer = (der: Uint8Array): X509Certificate | undefined => {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
};

/** One certificate or many, one after the other: of every key of the bank's CA that is trusted. */
const parsePem = (pem: string): readonly X509Certificate[] => {
  try {
    return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [pem]).map(
      (each) => new X509Certificate(each),
    );
  } catch {
    return [];
  }
};

/** The signature may hold, but the content is none that belongs under this name. */
export const malformedContent = (path: string): ReturnType<typeof fail> => invalid(path, 'content');

const invalid = (path: string, reason: SignatureDefect): ReturnType<typeof fail> =>
  fail('medium-signature-invalid', { path, reason });

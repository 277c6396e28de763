import {
  Attribute,
  CertificateChoices,
  CMSVersion,
  CertificateSet,
  ContentInfo,
  DigestAlgorithmIdentifier,
  DigestAlgorithmIdentifiers,
  EncapsulatedContent,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignatureAlgorithmIdentifier,
  SignedData,
  SignerIdentifier,
  SignerInfo,
  SignerInfos,
} from '@peculiar/asn1-cms';
import { AsnConvert, AsnObjectIdentifierConverter, OctetString } from '@peculiar/asn1-schema';
import { Certificate, Time } from '@peculiar/asn1-x509';
import { createHash, timingSafeEqual, verify, X509Certificate } from 'node:crypto';
import { encodeTlv } from '../../shared/codec/index.ts';
import { arrayBuffer } from './sign-certificate.ts';
import type { Signer } from './signer.ts';

// RFC 5652
const ID_DATA = '1.2.840.113549.1.7.1';
const ID_SIGNED_DATA = '1.2.840.113549.1.7.2';
const ID_CONTENT_TYPE = '1.2.840.113549.1.9.3';
const ID_MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const ID_SIGNING_TIME = '1.2.840.113549.1.9.5';
const ID_SHA256 = '2.16.840.1.101.3.4.2.1';

/**
 * CMS SignedData with the content inside and one signer with signed attributes (RFC 5652, 5); DER.
 * `openssl cms -verify` accepts it.
 */
export const signContent = async (
  content: Uint8Array,
  signerCertificate: Uint8Array,
  signer: Signer,
  signingTime: Date,
  contentType = ID_DATA,
): Promise<Buffer> => {
  const certificate = AsnConvert.parse(arrayBuffer(signerCertificate), Certificate);
  const sha256 = new DigestAlgorithmIdentifier({ algorithm: ID_SHA256 });
  const info = new SignerInfo({
    version: CMSVersion.v1,
    sid: new SignerIdentifier({
      issuerAndSerialNumber: new IssuerAndSerialNumber({
        issuer: certificate.tbsCertificate.issuer,
        serialNumber: certificate.tbsCertificate.serialNumber,
      }),
    }),
    digestAlgorithm: sha256,
    signedAttrs: inDerOrder([
      attribute(ID_CONTENT_TYPE, AsnObjectIdentifierConverter.toASN(contentType).toBER()),
      attribute(ID_SIGNING_TIME, AsnConvert.serialize(new Time(signingTime))),
      attribute(
        ID_MESSAGE_DIGEST,
        AsnConvert.serialize(new OctetString(createHash('sha256').update(content).digest())),
      ),
    ]),
    signatureAlgorithm: new SignatureAlgorithmIdentifier(signer.algorithm),
    signature: new OctetString(),
  });
  const attributes = signedAttributesOf(AsnConvert.serialize(info));
  if (attributes === undefined) throw new Error('a signer info without signed attributes was built');
  info.signature = new OctetString(await signer.sign(attributes));
  return contentInfo(
    new SignedData({
      version: CMSVersion.v1,
      digestAlgorithms: new DigestAlgorithmIdentifiers([sha256]),
      encapContentInfo: new EncapsulatedContentInfo({
        eContentType: contentType,
        eContent: new EncapsulatedContent({ single: new OctetString(content) }),
      }),
      certificates: new CertificateSet([new CertificateChoices({ certificate })]),
      signerInfos: new SignerInfos([info]),
    }),
  );
};

/** Certificates without content and signer, as EST answers them (RFC 7030, 4.1.3 and 4.2.3); DER. */
export const certificatesOnly = (certificates: readonly Uint8Array[]): Buffer => {
  // RFC 5652, 5.1. Nothing in it depends on what the certificates say, so none is taken apart for it.
  const [SEQUENCE, SET] = [0x30, 0x31];
  const signedData = encodeTlv(
    SEQUENCE,
    Uint8Array.of(0x02, 0x01, 0x01), // version 1
    encodeTlv(SET), // digest algorithms
    encodeTlv(SEQUENCE, oidOfData), // no content
    encodeTlv(0xa0, ...certificates),
    encodeTlv(SET), // signers
  );
  return Buffer.from(encodeTlv(SEQUENCE, oidOfSignedData, encodeTlv(0xa0, signedData)));
};

const oidOfData = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01);
const oidOfSignedData = Uint8Array.of(0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02);

/** What a SignedData holds; the caller decides whether it trusts the signer's certificate. */
export interface OpenedContent {
  readonly content: Buffer;
  /** DER. */
  readonly signerCertificate: Buffer;
}

/**
 * Checks digest and signature of a CMS made as `signContent` does: exactly one signer, whose
 * certificate is inside, with signed attributes. Undefined for anything else.
 */
export const openContent = (cms: Uint8Array): OpenedContent | undefined => {
  try {
    const outer = AsnConvert.parse(arrayBuffer(cms), ContentInfo);
    if (outer.contentType !== ID_SIGNED_DATA) return undefined;
    const data = AsnConvert.parse(outer.content, SignedData);
    const [signer] = data.signerInfos;
    const { certificates } = data;
    const choice = certificates?.[0];
    const octets = data.encapContentInfo.eContent?.single;
    if (data.signerInfos.length !== 1 || certificates?.length !== 1) return undefined;
    if (signer === undefined || choice?.certificate === undefined || octets === undefined) return undefined;
    if (signer.digestAlgorithm.algorithm !== ID_SHA256) return undefined;

    const content = Buffer.from(octets.buffer);
    const digest = signer.signedAttrs?.find((each) => each.attrType === ID_MESSAGE_DIGEST)?.attrValues[0];
    const type = signer.signedAttrs?.find((each) => each.attrType === ID_CONTENT_TYPE)?.attrValues[0];
    if (digest === undefined || type === undefined) return undefined;
    const claimed = Buffer.from(digest).subarray(2); // 04 20 | digest
    const actual = createHash('sha256').update(content).digest();
    if (claimed.length !== actual.length || !timingSafeEqual(claimed, actual)) return undefined;

    const attributes = signedAttributesOf(AsnConvert.serialize(signer));
    const signerCertificate = Buffer.from(AsnConvert.serialize(choice.certificate));
    const { publicKey } = new X509Certificate(signerCertificate);
    const signature = Buffer.from(signer.signature.buffer);
    if (attributes === undefined || !verify('sha256', attributes, publicKey, signature)) return undefined;
    return { content, signerCertificate };
  } catch {
    return undefined; // not DER, not CMS, not a key: all the same to the caller
  }
};

const contentInfo = (data: SignedData): Buffer =>
  Buffer.from(
    AsnConvert.serialize(
      new ContentInfo({ contentType: ID_SIGNED_DATA, content: AsnConvert.serialize(data) }),
    ),
  );

const attribute = (attrType: string, value: ArrayBuffer): Attribute =>
  new Attribute({ attrType, attrValues: [value] });

/** A SET OF in DER is sorted by its encodings. */
const inDerOrder = (attributes: Attribute[]): Attribute[] =>
  attributes
    .map((each) => ({ each, der: Buffer.from(AsnConvert.serialize(each)) }))
    .sort((a, b) => Buffer.compare(a.der, b.der))
    .map(({ each }) => each);

/**
 * The bytes that are signed: the [0] IMPLICIT attributes of a SignerInfo as an explicit SET OF
 * (RFC 5652, 5.4). Taken from the encoding itself, so that what is signed is what is sent.
 */
const signedAttributesOf = (signerInfo: ArrayBuffer): Buffer | undefined => {
  const bytes = Buffer.from(signerInfo);
  let at = headerEnd(bytes, 0);
  while (at < bytes.length) {
    const end = headerEnd(bytes, at) + contentLength(bytes, at);
    if (bytes[at] === 0xa0) {
      const attributes = Buffer.from(bytes.subarray(at, end));
      attributes.writeUInt8(0x31, 0);
      return attributes;
    }
    at = end;
  }
  return undefined;
};

const headerEnd = (bytes: Buffer, at: number): number => {
  const first = bytes.readUInt8(at + 1);
  return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
};

const contentLength = (bytes: Buffer, at: number): number => {
  const first = bytes.readUInt8(at + 1);
  return first < 0x80 ? first : bytes.readUIntBE(at + 2, first & 0x7f);
};

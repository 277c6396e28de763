import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AccessDescription,
  AuthorityInfoAccessSyntax,
  AuthorityKeyIdentifier,
  BasicConstraints,
  CRLDistributionPoints,
  DistributionPoint,
  DistributionPointName,
  ExtendedKeyUsage,
  Extension,
  GeneralName,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  SubjectAlternativeName,
  id_ad_caIssuers,
  id_ad_ocsp,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_cRLDistributionPoints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_kp_clientAuth,
  id_kp_OCSPSigning,
  id_kp_serverAuth,
  id_pe_authorityInfoAccess,
} from '@peculiar/asn1-x509';
import { concatBytes, encodeTlv, fromHex, utf8 } from '../../shared/codec/index.ts';
import type { CertificateProfile } from './certificate-profile.ts';
import type { Signer } from './signer.ts';
import { nameDer, type SubjectName } from './subject-name.ts';
import { keyIdentifier, spkiOf } from './subject-public-key.ts';

/** Where everybody finds out about the certificates of one issuing key (RFC 5280, 4.2.1.13 and 4.2.2.1). */
export interface PublicationUrls {
  readonly crl: string;
  readonly ocsp: string;
  /** Certificate of the key itself. */
  readonly issuer: string;
}

/** All that goes into one certificate. Everything was decided before it is signed. */
export interface CertificateOrder {
  /** 16 bytes, see `newSerial`. */
  readonly serial: Uint8Array;
  readonly profile: CertificateProfile;
  readonly subject: SubjectName;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** Written where the profile says so. */
  readonly urls?: PublicationUrls;
}

export interface Issuer {
  readonly name: SubjectName;
  readonly signer: Signer;
}

/** Signs an X.509 v3 certificate (RFC 5280); DER. */
export const signCertificate = (order: CertificateOrder, issuer: Issuer): Promise<Buffer> =>
  writeCertificate(order, issuer)();

/** Writes all but the signature of an X.509 v3 certificate (RFC 5280), and gives what signs it; DER. */
export const writeCertificate = (order: CertificateOrder, issuer: Issuer): (() => Promise<Buffer>) => {
  const { algorithm, issuerName, usage, authority, publication } = frameOf(order, issuer);
  const tbs = encodeTlv(
    SEQUENCE,
    version3,
    encodeTlv(INTEGER, order.serial),
    algorithm,
    issuerName,
    encodeTlv(SEQUENCE, encodeTime(order.notBefore), encodeTime(order.notAfter)),
    nameDer(order.subject),
    order.spki,
    encodeTlv(
      EXTENSIONS,
      encodeTlv(
        SEQUENCE,
        usage,
        subjectKeyIdentifier(order.spki),
        authority,
        alternativeNames(order),
        publication,
      ),
    ),
  );
  return async () => {
    const signature = await issuer.signer.sign(tbs);
    return Buffer.from(encodeTlv(SEQUENCE, tbs, algorithm, encodeTlv(BIT_STRING, wholeBytes, signature)));
  };
};

/** What is the same in all certificates of one profile under one issuing key; DER. */
interface Frame {
  readonly urls: PublicationUrls | undefined;
  readonly issuer: SubjectName;
  readonly algorithm: Uint8Array;
  readonly issuerName: Uint8Array;
  /** Extensions before the subject's key, between key and names, and after the names. */
  readonly usage: Uint8Array;
  readonly authority: Uint8Array;
  readonly publication: Uint8Array;
}

const frames = new WeakMap<Signer, WeakMap<CertificateProfile, Frame>>();

const frameOf = ({ profile, urls }: CertificateOrder, issuer: Issuer): Frame => {
  const ofSigner = frames.get(issuer.signer) ?? new WeakMap<CertificateProfile, Frame>();
  frames.set(issuer.signer, ofSigner);
  const known = ofSigner.get(profile);
  if (known?.issuer === issuer.name && isSame(known.urls, urls)) return known;
  const made: Frame = {
    urls,
    issuer: issuer.name,
    algorithm: new Uint8Array(AsnConvert.serialize(issuer.signer.algorithm)),
    issuerName: nameDer(issuer.name),
    usage: encoded(usageExtensions(profile)),
    authority: encoded(authorityExtensions(profile, issuer)),
    publication: encoded(urls === undefined ? [] : publicationExtensions(profile, urls)),
  };
  ofSigner.set(profile, made);
  return made;
};

const isSame = (one: PublicationUrls | undefined, other: PublicationUrls | undefined): boolean =>
  one?.crl === other?.crl && one?.ocsp === other?.ocsp && one?.issuer === other?.issuer;

const encoded = (extensions: readonly Extension[]): Uint8Array =>
  concatBytes(...extensions.map((each) => new Uint8Array(AsnConvert.serialize(each))));

const usageExtensions = (profile: CertificateProfile): Extension[] => {
  const usage = profile.keyUsage.reduce((flags, name) => flags | KeyUsageFlags[name], 0);
  return [
    extension(
      id_ce_basicConstraints,
      // pathLen 0: the CA certifies ends only
      new BasicConstraints(profile.certificateAuthority ? { cA: true, pathLenConstraint: 0 } : {}),
      true,
    ),
    extension(id_ce_keyUsage, new KeyUsage(usage), true),
  ];
};

const authorityExtensions = (profile: CertificateProfile, issuer: Issuer): Extension[] => {
  const extensions = [
    extension(
      id_ce_authorityKeyIdentifier,
      new AuthorityKeyIdentifier({
        keyIdentifier: new KeyIdentifier(keyIdentifier(spkiOf(issuer.signer.publicKey))),
      }),
    ),
  ];
  const purposes = profile.extendedKeyUsage.map((name) => purposeOids[name]);
  if (purposes.length > 0) extensions.push(extension(id_ce_extKeyUsage, new ExtendedKeyUsage(purposes)));
  if (profile.extendedKeyUsage.includes('ocspSigning'))
    extensions.push(
      new Extension({ extnID: ID_OCSP_NOCHECK, extnValue: new OctetString(Uint8Array.of(5, 0)) }),
    );
  return extensions;
};

const publicationExtensions = (profile: CertificateProfile, urls: PublicationUrls): Extension[] => {
  const extensions: Extension[] = [];
  if (profile.crlDistributionPoint) {
    const distributionPoint = new DistributionPointName({ fullName: [uri(urls.crl)] });
    const point = new DistributionPoint({ distributionPoint });
    extensions.push(extension(id_ce_cRLDistributionPoints, new CRLDistributionPoints([point])));
  }
  if (profile.authorityInformation === true) {
    const ocsp = new AccessDescription({ accessMethod: id_ad_ocsp, accessLocation: uri(urls.ocsp) });
    const issuers = new AccessDescription({
      accessMethod: id_ad_caIssuers,
      accessLocation: uri(urls.issuer),
    });
    const information = new AuthorityInfoAccessSyntax([ocsp, issuers]);
    extensions.push(extension(id_pe_authorityInfoAccess, information));
  }
  return extensions;
};

const subjectKeyIdentifier = (spki: Uint8Array): Uint8Array => {
  const octets = encodeTlv(OCTET_STRING, keyIdentifier(spki));
  return encodeTlv(SEQUENCE, oidOfSubjectKeyIdentifier, encodeTlv(OCTET_STRING, octets));
};

/** Empty for a certificate without such names. */
const alternativeNames = ({ dnsNames = [], ipAddresses = [] }: CertificateOrder): Uint8Array => {
  const names = [
    ...dnsNames.map((dNSName) => new GeneralName({ dNSName })),
    ...ipAddresses.map((iPAddress) => new GeneralName({ iPAddress })),
  ];
  return encoded(
    names.length === 0 ? [] : [extension(id_ce_subjectAltName, new SubjectAlternativeName(names))],
  );
};

const encodedTimes = new Map<number, Uint8Array>();

/** The last few are kept: certificates of the same second have the same times. */
const encodeTime = (time: Date): Uint8Array => {
  const known = encodedTimes.get(time.getTime());
  if (known !== undefined) return known;
  if (encodedTimes.size >= 16) encodedTimes.clear();
  const encodedTime = newTime(time);
  encodedTimes.set(time.getTime(), encodedTime);
  return encodedTime;
};

/** RFC 5280, 4.1.2.5: UTCTime through the year 2049, GeneralizedTime after; whole seconds. */
const newTime = (time: Date): Uint8Array => {
  const digits = `${time.toISOString().replace(/[-T:]|\..*/g, '')}Z`;
  return time.getUTCFullYear() < 2050
    ? encodeTlv(UTC_TIME, utf8(digits.slice(2)))
    : encodeTlv(GENERALIZED_TIME, utf8(digits));
};

const [INTEGER, BIT_STRING, OCTET_STRING, SEQUENCE, EXTENSIONS] = [0x02, 0x03, 0x04, 0x30, 0xa3] as const;
const [UTC_TIME, GENERALIZED_TIME] = [0x17, 0x18] as const;
const version3 = fromHex('a003020102');
const oidOfSubjectKeyIdentifier = fromHex('0603551d0e');
/** Of a BIT STRING: no bits left over. */
const wholeBytes = Uint8Array.of(0);

const uri = (uniformResourceIdentifier: string): GeneralName =>
  new GeneralName({ uniformResourceIdentifier });

const purposeOids = {
  clientAuth: id_kp_clientAuth,
  serverAuth: id_kp_serverAuth,
  ocspSigning: id_kp_OCSPSigning,
} as const;

/** RFC 6960, 4.2.2.2.1: nobody asks a responder about its own certificate; it lives for days. */
const ID_OCSP_NOCHECK = '1.3.6.1.5.5.7.48.1.5';

export const extension = (extnID: string, value: unknown, critical = false): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

/** A copy with a buffer of its own, as the ASN.1 classes want it. */
export const arrayBuffer = (bytes: Uint8Array): ArrayBuffer => {
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
};

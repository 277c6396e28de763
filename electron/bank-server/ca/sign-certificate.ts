import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AccessDescription,
  AuthorityInfoAccessSyntax,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  CRLDistributionPoints,
  DistributionPoint,
  DistributionPointName,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
  id_ad_caIssuers,
  id_ad_ocsp,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_cRLDistributionPoints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_OCSPSigning,
  id_kp_serverAuth,
  id_pe_authorityInfoAccess,
} from '@peculiar/asn1-x509';
import { createHash, type KeyObject } from 'node:crypto';
import type { CertificateProfile } from './certificate-profile.ts';
import type { Signer } from './signer.ts';
import { encodeName, type SubjectName } from './subject-name.ts';

/** All that goes into one certificate. Everything was decided before this is called. */
export interface CertificateOrder {
  /** 16 bytes, see `newSerial`. */
  readonly serial: Uint8Array;
  readonly profile: CertificateProfile;
  readonly subject: SubjectName;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** Written where the profile says so. */
  readonly urls?: { readonly crl: string; readonly ocsp: string; readonly issuer: string };
}

export interface Issuer {
  readonly name: SubjectName;
  readonly signer: Signer;
}

/** Signs an X.509 v3 certificate (RFC 5280); DER. */
export const signCertificate = async (order: CertificateOrder, issuer: Issuer): Promise<Buffer> => {
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: arrayBuffer(order.serial),
    signature: issuer.signer.algorithm,
    issuer: encodeName(issuer.name),
    validity: new Validity({ notBefore: order.notBefore, notAfter: order.notAfter }),
    subject: encodeName(order.subject),
    subjectPublicKeyInfo: AsnConvert.parse(spki(order.publicKey), SubjectPublicKeyInfo),
    extensions: new Extensions(extensionsOf(order, issuer)),
  });
  const signature = await issuer.signer.sign(new Uint8Array(AsnConvert.serialize(tbs)));
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: issuer.signer.algorithm,
    signatureValue: arrayBuffer(signature),
  });
  return Buffer.from(AsnConvert.serialize(certificate));
};

const extensionsOf = (order: CertificateOrder, issuer: Issuer): Extension[] => {
  const { profile } = order;
  const usage = profile.keyUsage.reduce((flags, name) => flags | KeyUsageFlags[name], 0);
  const extensions = [
    extension(
      id_ce_basicConstraints,
      // pathLen 0: the CA certifies ends only
      new BasicConstraints(profile.certificateAuthority ? { cA: true, pathLenConstraint: 0 } : {}),
      true,
    ),
    extension(id_ce_keyUsage, new KeyUsage(usage), true),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdentifier(order.publicKey))),
    extension(
      id_ce_authorityKeyIdentifier,
      new AuthorityKeyIdentifier({
        keyIdentifier: new KeyIdentifier(keyIdentifier(issuer.signer.publicKey)),
      }),
    ),
  ];
  const purposes = profile.extendedKeyUsage.map((name) => purposeOids[name]);
  if (purposes.length > 0) extensions.push(extension(id_ce_extKeyUsage, new ExtendedKeyUsage(purposes)));
  if (profile.extendedKeyUsage.includes('ocspSigning'))
    extensions.push(
      new Extension({ extnID: ID_OCSP_NOCHECK, extnValue: new OctetString(Uint8Array.of(5, 0)) }),
    );
  const names = [
    ...(order.dnsNames ?? []).map((dNSName) => new GeneralName({ dNSName })),
    ...(order.ipAddresses ?? []).map((iPAddress) => new GeneralName({ iPAddress })),
  ];
  if (names.length > 0) extensions.push(extension(id_ce_subjectAltName, new SubjectAlternativeName(names)));
  const { urls } = order;
  if (profile.crlDistributionPoint && urls !== undefined) {
    const distributionPoint = new DistributionPointName({ fullName: [uri(urls.crl)] });
    const point = new DistributionPoint({ distributionPoint });
    extensions.push(extension(id_ce_cRLDistributionPoints, new CRLDistributionPoints([point])));
  }
  if (profile.authorityInformation === true && urls !== undefined) {
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

const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** RFC 5280, 4.2.1.2 (1): SHA-1 of the public key's bit string; it names a key and protects nothing. */
export const keyIdentifier = (key: KeyObject): ArrayBuffer => {
  const { subjectPublicKey } = AsnConvert.parse(spki(key), SubjectPublicKeyInfo);
  return arrayBuffer(createHash('sha1').update(new Uint8Array(subjectPublicKey)).digest());
};

/** A copy with a buffer of its own, as the ASN.1 classes want it. */
export const arrayBuffer = (bytes: Uint8Array): ArrayBuffer => {
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
};

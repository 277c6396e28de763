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
import { createHash } from 'node:crypto';
import type { CertificateOrder, Issuer } from '../../electron/bank-server/ca/sign-certificate.ts';
import { encodeName } from '../../electron/bank-server/ca/subject-name.ts';

/** The same certificate by the classes of @peculiar/asn1-x509: what `signCertificate` has to give, byte for byte. */
export const certificateByLibrary = async (order: CertificateOrder, issuer: Issuer): Promise<Buffer> => {
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: new Uint8Array(order.serial).buffer,
    signature: issuer.signer.algorithm,
    issuer: encodeName(issuer.name),
    validity: new Validity({ notBefore: order.notBefore, notAfter: order.notAfter }),
    subject: encodeName(order.subject),
    subjectPublicKeyInfo: AsnConvert.parse(order.spki, SubjectPublicKeyInfo),
    extensions: new Extensions(extensionsOf(order, issuer)),
  });
  const signature = await issuer.signer.sign(new Uint8Array(AsnConvert.serialize(tbs)));
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: issuer.signer.algorithm,
    signatureValue: new Uint8Array(signature).buffer,
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
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdentifier(order.spki))),
    extension(
      id_ce_authorityKeyIdentifier,
      new AuthorityKeyIdentifier({
        keyIdentifier: new KeyIdentifier(
          keyIdentifier(issuer.signer.publicKey.export({ type: 'spki', format: 'der' })),
        ),
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

const extension = (extnID: string, value: unknown, critical = false): Extension =>
  new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

const keyIdentifier = (spki: Uint8Array): ArrayBuffer => {
  const { subjectPublicKey } = AsnConvert.parse(spki, SubjectPublicKeyInfo);
  return new Uint8Array(createHash('sha1').update(new Uint8Array(subjectPublicKey)).digest()).buffer;
};

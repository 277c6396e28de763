import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AuthorityKeyIdentifier,
  CertificateList,
  CRLNumber,
  CRLReason,
  CRLReasons,
  KeyIdentifier,
  RevokedCertificate,
  TBSCertList,
  Time,
  Version,
  id_ce_authorityKeyIdentifier,
  id_ce_cRLNumber,
  id_ce_cRLReasons,
} from '@peculiar/asn1-x509';
import { arrayBuffer, extension, type Issuer } from './sign-certificate.ts';
import { encodeName } from './subject-name.ts';
import { keyIdentifier, spkiOf } from './subject-public-key.ts';

export interface Revocation {
  /** Serial number, hex. */
  readonly serial: string;
  readonly at: Date;
  /** The registry's word for it. */
  readonly reason: string;
}

/** Signs the list of revoked certificates (RFC 5280, 5); DER. */
export const signCrl = async (
  revocations: readonly Revocation[],
  number: number,
  thisUpdate: Date,
  nextUpdate: Date,
  issuer: Issuer,
): Promise<Buffer> => {
  const revoked = revocations.map(
    ({ serial, at, reason }) =>
      new RevokedCertificate({
        userCertificate: arrayBuffer(Buffer.from(serial, 'hex')),
        revocationDate: new Time(at),
        crlEntryExtensions: [extension(id_ce_cRLReasons, new CRLReason(crlReasonOf(reason)))],
      }),
  );
  const tbs = new TBSCertList({
    version: Version.v2,
    signature: issuer.signer.algorithm,
    issuer: encodeName(issuer.name),
    thisUpdate: new Time(thisUpdate),
    nextUpdate: new Time(nextUpdate),
    // RFC 5280, 5.1.2.6: absent when nothing is revoked, never empty
    ...(revoked.length > 0 ? { revokedCertificates: revoked } : {}),
    crlExtensions: [
      extension(
        id_ce_authorityKeyIdentifier,
        new AuthorityKeyIdentifier({
          keyIdentifier: new KeyIdentifier(keyIdentifier(spkiOf(issuer.signer.publicKey))),
        }),
      ),
      extension(id_ce_cRLNumber, new CRLNumber(number)),
    ],
  });
  const signature = await issuer.signer.sign(new Uint8Array(AsnConvert.serialize(tbs)));
  const list = new CertificateList({
    tbsCertList: tbs,
    signatureAlgorithm: issuer.signer.algorithm,
    signature: arrayBuffer(signature),
  });
  return Buffer.from(AsnConvert.serialize(list));
};

/** RFC 5280, 5.3.1. */
export const crlReasonOf = (reason: string): CRLReasons => {
  switch (reason) {
    case 'on-hold':
      return CRLReasons.certificateHold;
    case 'key-compromise':
    case 'lost':
      return CRLReasons.keyCompromise;
    case 'superseded':
    case 'damaged':
      return CRLReasons.superseded;
    case 'ten-failed-logins':
      return CRLReasons.privilegeWithdrawn;
    default:
      return CRLReasons.cessationOfOperation;
  }
};

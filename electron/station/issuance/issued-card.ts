import { createHash, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { enrolmentOrder, type FileDigest } from '../../shared/bank-api/index.ts';
import { mediumIdentity } from '../../shared/domain/index.ts';

/** The medium a run works on, found again in every step by its identity. */
export const chosenMedium = z.object({
  reader: z.string(),
  medium: mediumIdentity,
  /** The customer's card that is over and is made anew on this medium. */
  replaces: z.string().optional(),
});
export type ChosenMedium = z.infer<typeof chosenMedium>;

/** The card as the bank reserved it. */
export const reservedCard = z.object({ cardId: z.string(), enrolment: enrolmentOrder });
export type ReservedCard = z.infer<typeof reservedCard>;

/** The key made for it: SubjectPublicKeyInfo, base64 of DER. */
export const madeKey = z.object({ publicKey: z.string(), publicKeySha256: z.string() });
export type MadeKey = z.infer<typeof madeKey>;

/** base64 of DER. */
export const signedRequest = z.object({ csr: z.string() });

/** The certificate as the CA gave it. */
export const issuedCertificate = z.object({
  /** base64 of DER. */
  certificate: z.string(),
  /** Of the DER, hex. */
  sha256: z.string(),
  serial: z.string(),
  notAfter: z.string(),
});
export type IssuedCertificate = z.infer<typeof issuedCertificate>;

/** What most steps after enrolment need to know. */
export interface IssuedCard {
  readonly bankId: string;
  readonly place: ChosenMedium;
  readonly card: ReservedCard;
  readonly certificate: IssuedCertificate;
  /** The encrypted key on an SD card. */
  readonly keyFile?: FileDigest;
}

export const nothing = z.object({});

export const describeCertificate = (der: Uint8Array): IssuedCertificate => {
  const certificate = new X509Certificate(der);
  return {
    certificate: toBase64(der),
    sha256: sha256(der),
    serial: certificate.serialNumber.toLowerCase(),
    notAfter: certificate.validToDate.toISOString(),
  };
};

export const describeKey = (spki: Uint8Array): MadeKey => ({
  publicKey: toBase64(spki),
  publicKeySha256: sha256(spki),
});

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
export const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

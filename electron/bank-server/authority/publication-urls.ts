/** Where everybody finds out about the certificates of one issuing key; in each of them (RFC 5280, 4.2.1.13 and 4.2.2.1). */
export interface PublicationUrls {
  readonly crl: string;
  readonly ocsp: string;
  /** Certificate of the key itself. */
  readonly issuer: string;
}

export const publicationUrls = (origin: string, keyId: string): PublicationUrls => ({
  crl: `${origin}/crl/${keyId}.crl`,
  ocsp: `${origin}/ocsp`,
  issuer: `${origin}/ca/${keyId}.cer`,
});

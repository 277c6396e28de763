import type { PublicationUrls } from '../ca/sign-certificate.ts';

/** What stands in every certificate of one issuing key. */
export const publicationUrls = (origin: string, keyId: string): PublicationUrls => ({
  crl: `${origin}/crl/${keyId}.crl`,
  ocsp: `${origin}/ocsp`,
  issuer: `${origin}/ca/${keyId}.cer`,
});

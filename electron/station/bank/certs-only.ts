import 'reflect-metadata';
import { CertificateSet, ContentInfo, SignedData } from '@peculiar/asn1-cms';
import { AsnConvert } from '@peculiar/asn1-schema';

/**
 * Certificates of a certs-only CMS (RFC 7030 4.1.3), DER each, in the order of the file.
 * Takes base64 with or without line breaks. Undefined when it is anything else.
 */
export function parseCertificates(base64: string): Uint8Array[] | undefined {
  const text = base64.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  try {
    const info = AsnConvert.parse(Buffer.from(text, 'base64'), ContentInfo);
    const signed = AsnConvert.parse(info.content, SignedData);
    return [...(signed.certificates ?? new CertificateSet())].flatMap(({ certificate }) =>
      certificate ? [new Uint8Array(AsnConvert.serialize(certificate))] : [],
    );
  } catch {
    return undefined;
  }
}

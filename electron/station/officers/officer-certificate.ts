import { createHash, X509Certificate } from 'node:crypto';
import { officer, officerNumber, type Officer } from '../../shared/domain/index.ts';

/** Whose card this is, as the certificate on it says; what the bank says of it now is another question. */
export interface CardHolder extends Officer {
  readonly branch: string;
  /** SHA-256 of the certificate, hex. */
  readonly certificateSha256: string;
  readonly certificateSerial: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

/**
 * Reads an officer's certificate (profile `officer`): subject serialNumber, title (2.5.4.12) and OU are the officer's
 * number, role and branch. Undefined for every other certificate, and for one that this bank has not signed.
 * @param der of the certificate in slot 9A
 */
export function cardHolderOf(
  der: Uint8Array | undefined,
  bankCas: readonly X509Certificate[],
): CardHolder | undefined {
  const certificate = der && parsed(der);
  if (!certificate || !isOf(bankCas, certificate)) return undefined;
  const part = (type: string) => new RegExp(`^${type}=(.+)$`, 'm').exec(certificate.subject)?.[1];
  const who = officer.extend({ officerId: officerNumber }).safeParse({
    officerId: part('serialNumber'),
    name: part('CN'),
    role: part('title'),
  });
  if (!who.success) return undefined;
  return {
    ...who.data,
    branch: part('OU') ?? '',
    certificateSha256: createHash('sha256').update(certificate.raw).digest('hex'),
    certificateSerial: certificate.serialNumber.toLowerCase(),
    notBefore: new Date(certificate.validFrom).toISOString(),
    notAfter: new Date(certificate.validTo).toISOString(),
  };
}

const parsed = (der: Uint8Array): X509Certificate | undefined => {
  try {
    return new X509Certificate(der);
  } catch {
    return undefined;
  }
};

/** Signed by a key of the bank's CA. */
export const isOf = (bankCas: readonly X509Certificate[], certificate: X509Certificate): boolean => {
  try {
    return bankCas.some((ca) => certificate.checkIssued(ca) && certificate.verify(ca.publicKey));
  } catch {
    return false;
  }
};

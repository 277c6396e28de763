import { createHash, X509Certificate } from 'node:crypto';

/** Which certificates may vouch for the bank: those of its CA's keys that this station knows. */
export interface BankTrust {
  /** Known longest first. */
  certificates(): readonly X509Certificate[];
  /** Is the one with this SHA-256 (hex, of the DER) among them? */
  knows(sha256: string): boolean;
  /** PEM of all of them. */
  pem(): string;
  /**
   * Takes over what `cacerts` gave (RFC 7030, 4.1.3; DER): a new key of the CA counts when a key that is trusted
   * has signed it (RFC 4210, 4.4), and under the same name only. True: there is something new.
   */
  learn(offered: readonly Uint8Array[], at: Date): boolean;
}

/** `keep` makes what was learned last beyond a restart. */
export function openBankTrust(known: string, keep: (pem: string) => void): BankTrust {
  const trusted = certificatesIn(known);
  const pem = (): string => trusted.map(String).join('');
  return {
    certificates: () => trusted,
    knows: (sha256) => trusted.some(({ raw }) => createHash('sha256').update(raw).digest('hex') === sha256),
    pem,
    learn(offered, at) {
      const certificates = offered.flatMap(parsed).filter((each) => each.ca && isCurrent(each, at));
      const before = trusted.length;
      // One that was learned may vouch for the next: a station that was off during two roll-overs.
      for (let found = true; found;) {
        const next = certificates.find(
          (each) =>
            isSelfSigned(each) && !isAmong(trusted, each) && isLinked(each, certificates, trusted, at),
        );
        found = next !== undefined;
        if (next !== undefined) trusted.push(next);
      }
      if (trusted.length === before) return false;
      keep(pem());
      return true;
    },
  };
}

/** One certificate or many, one after the other. Throws for what is none. */
export const certificatesIn = (pem: string): X509Certificate[] =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [pem]).map(
    (each) => new X509Certificate(each),
  );

const isLinked = (
  next: X509Certificate,
  offered: readonly X509Certificate[],
  trusted: readonly X509Certificate[],
  at: Date,
): boolean =>
  offered.some(
    (link) =>
      link.publicKey.equals(next.publicKey) &&
      link.subject === next.subject &&
      trusted.some((old) => isCurrent(old, at) && old.subject === link.subject && isSignedBy(link, old)),
  );

const isSelfSigned = (certificate: X509Certificate): boolean => isSignedBy(certificate, certificate);

const isSignedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

const isAmong = (certificates: readonly X509Certificate[], one: X509Certificate): boolean =>
  certificates.some((each) => each.raw.equals(one.raw));

const isCurrent = (certificate: X509Certificate, at: Date): boolean =>
  certificate.validFromDate <= at && at <= certificate.validToDate;

function parsed(der: Uint8Array): X509Certificate[] {
  try {
    return [new X509Certificate(der)];
  } catch {
    return [];
  }
}

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCertificate, isValidNow } from './authority/certificates.ts';
import type { Bank } from './bank.ts';
import { spkiOf } from './ca/subject-public-key.ts';
import { writeDurably } from './ca/write-durably.ts';
import type { ServerTls } from './http/open-server.ts';

/** Key and certificate of a station, kept while they are good, made anew when they are not. */
export const equipStation = async (bank: Bank, folder: string): Promise<void> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keyFile = join(folder, 'station.key.pem');
  const certificateFile = join(folder, 'station.cert.pem');
  writeDurably(join(folder, 'bank-ca.pem'), trustedPem(bank), 0o600);
  if (await isGood(bank, 'station', keyFile, certificateFile)) {
    chmodSync(keyFile, 0o600);
    return;
  }
  const stationId = `station-${crypto.randomUUID().slice(0, 8)}`;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = await issueOwn(bank, 'station', 'Branch station', privateKey, { stationId });
  writeDurably(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  writeDurably(certificateFile, pem(certificate), 0o600);
};

export interface PartnerIdentity {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  /** SHA-256 of the certificate (DER), hex: what the other side has in its agreement. */
  readonly sha256: string;
}

/**
 * Key and certificate by which the bank and an operator know each other, as server and as client; kept in a
 * folder while they are good, made anew when they are not.
 */
export const partnerIdentity = async (
  bank: Bank,
  folder: string,
  name: string,
  names: { readonly dnsNames?: readonly string[]; readonly ipAddresses?: readonly string[] },
): Promise<PartnerIdentity> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keyFile = join(folder, `${name}.key.pem`);
  const certificateFile = join(folder, `${name}.cert.pem`);
  if (!(await isGood(bank, 'partner', keyFile, certificateFile))) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const certificate = await issueOwn(bank, 'partner', name, privateKey, names);
    writeDurably(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
    writeDurably(certificateFile, pem(certificate), 0o600);
  }
  return identityIn(keyFile, certificateFile);
};

/** The same as it lies there; undefined where there is none. */
export const readPartnerIdentity = (folder: string, name: string): PartnerIdentity | undefined => {
  const keyFile = join(folder, `${name}.key.pem`);
  const certificateFile = join(folder, `${name}.cert.pem`);
  return existsSync(keyFile) && existsSync(certificateFile)
    ? identityIn(keyFile, certificateFile)
    : undefined;
};

const identityIn = (keyFile: string, certificateFile: string): PartnerIdentity => {
  const certificate = readFileSync(certificateFile, 'utf8');
  return {
    key: readFileSync(keyFile, 'utf8'),
    certificate,
    sha256: createHash('sha256').update(new X509Certificate(certificate).raw).digest('hex'),
  };
};

/** A key and certificate for this run's TLS: nothing to store, nothing to steal, never expired. */
export const serverTls = async (
  bank: Bank,
  dnsNames: readonly string[],
  ipAddresses: readonly string[],
): Promise<ServerTls> => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const commonName = dnsNames[0] ?? ipAddresses[0] ?? 'bank';
  const certificate = await issueOwn(bank, 'server', commonName, privateKey, { dnsNames, ipAddresses });
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(certificate) + caChainPem(bank),
  };
};

/** Certificates of all keys that are good: what to trust; PEM, the one that signs now first. */
export const trustedPem = ({ authority }: Bank): string => {
  const { caCertificate, trusted } = authority;
  return [caCertificate, ...trusted.filter((each) => !each.equals(caCertificate))].map(pem).join('');
};

/** What a server sends behind its own certificate: who trusts an older key finds the way by the link. */
export const caChainPem = ({ authority }: Bank): string => {
  const { certificate, links } = authority.issuingKeys.current();
  return [...links.slice(0, 1), certificate].map(pem).join('');
};

export const pem = (der: Buffer): string => new X509Certificate(der).toString();

const isGood = async (
  bank: Bank,
  profile: string,
  keyFile: string,
  certificateFile: string,
): Promise<boolean> => {
  if (!existsSync(keyFile) || !existsSync(certificateFile)) return false;
  try {
    const certificate = new X509Certificate(readFileSync(certificateFile));
    const row = await findCertificate(bank.store.db, certificate.raw);
    const inAMonth = new Date(bank.clock().getTime() + 30 * 86_400_000);
    return (
      row?.profile === profile &&
      isValidNow(row, bank.clock()) &&
      isValidNow(row, inAMonth) &&
      certificate.checkPrivateKey(createPrivateKey(readFileSync(keyFile)))
    );
  } catch {
    return false;
  }
};

const issueOwn = async (
  bank: Bank,
  profileName: 'station' | 'server' | 'partner',
  commonName: string,
  key: KeyObject,
  names: { stationId?: string; dnsNames?: readonly string[]; ipAddresses?: readonly string[] },
): Promise<Buffer> => {
  const profile = bank.authority.profiles.get(profileName);
  if (profile === undefined) throw new Error('a profile that was checked at the start is gone');
  const { stationId, ...alternativeNames } = names;
  const { der } = await bank.authority.issue(bank.store.db, {
    profile,
    subject: [
      { type: 'CN', value: commonName },
      ...(stationId === undefined ? [] : [{ type: 'serialNumber', value: stationId } as const]),
      { type: 'O', value: bank.identity.bankNameLatin },
      { type: 'C', value: 'CN' },
    ],
    spki: spkiOf(createPublicKey(key)),
    ...alternativeNames,
  });
  return Buffer.from(der, 'base64');
};

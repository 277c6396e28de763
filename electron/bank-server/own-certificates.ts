import {
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
import { writeDurably } from './ca/write-durably.ts';
import type { ServerTls } from './http/open-server.ts';

/** Key and certificate of a station, kept while they are good, made anew when they are not. */
export const equipStation = async (bank: Bank, folder: string): Promise<void> => {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keyFile = join(folder, 'station.key.pem');
  const certificateFile = join(folder, 'station.cert.pem');
  writeDurably(join(folder, 'bank-ca.pem'), pem(bank.authority.caCertificate), 0o600);
  if (await isGoodStation(bank, keyFile, certificateFile)) {
    chmodSync(keyFile, 0o600);
    return;
  }
  const stationId = `station-${crypto.randomUUID().slice(0, 8)}`;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = await issueOwn(bank, 'station', 'Branch station', privateKey, { stationId });
  writeDurably(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), 0o600);
  writeDurably(certificateFile, pem(certificate), 0o600);
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
    cert: pem(certificate) + pem(bank.authority.caCertificate),
  };
};

export const pem = (der: Buffer): string => new X509Certificate(der).toString();

const isGoodStation = async (bank: Bank, keyFile: string, certificateFile: string): Promise<boolean> => {
  if (!existsSync(keyFile) || !existsSync(certificateFile)) return false;
  try {
    const certificate = new X509Certificate(readFileSync(certificateFile));
    const row = await findCertificate(bank.store.db, certificate.raw);
    const inAMonth = new Date(bank.clock().getTime() + 30 * 86_400_000);
    return (
      row?.profile === 'station' &&
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
  profileName: 'station' | 'server',
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
    publicKey: createPublicKey(key),
    ...alternativeNames,
  });
  return Buffer.from(der, 'base64');
};

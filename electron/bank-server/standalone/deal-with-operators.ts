import { createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { writeDurably } from '../ca/write-durably.ts';
import { admitOfficer, admitOperator } from '../operator/index.ts';
import { openDeskOf } from '../operator/open-operator-room.ts';
import { partnerIdentity, readPartnerIdentity, type PartnerIdentity } from '../own-certificates.ts';
import type { StandaloneOptions } from './standalone-options.ts';

/** What bank and operator have agreed on, as whoever runs the bank writes it down; files beside it. */
const agreementFile = z.object({
  name: z.string().min(1).max(100),
  form: z.enum(['symmetric', 'asymmetric']),
  /** Origin that takes key messages, `https://host:port`. */
  keyChannel: z.url({ protocol: /^https$/ }),
  /** The operator's client certificate, PEM. */
  certificateFile: z.string(),
  /** Who vouches for the certificate of its key channel, PEM; absent: that certificate itself. */
  trustFile: z.string().optional(),
  /** The preset static key, 64 hex digits. */
  staticKeyFile: z.string(),
});

/**
 * Writes down the agreement with an operator, or its change. The first time it makes the key and certificate
 * by which operators know this bank; its SHA-256 and the CA's certificate are what the operator is told.
 */
export const admitOperatorByFile = async (
  bank: Bank,
  { subject, agreement, dataFolder, hostNames }: StandaloneOptions,
): Promise<Result<object>> => {
  if (!/^[\w-]{3,64}$/.test(subject)) return fail('bad-input', { field: 'operatorId' });
  const refused = (file: string) => fail('bank-setup-invalid', { file });
  if (agreement === undefined) return refused('--agreement');
  const read = agreementFile.safeParse(fromFile(agreement));
  if (!read.success)
    return fail('bank-setup-invalid', {
      file: agreement,
      setting: read.error.issues.map(({ path }) => path.join('.')).join(', '),
    });
  const { name, form, keyChannel, certificateFile, trustFile = certificateFile, staticKeyFile } = read.data;
  const certificate = certificateIn(besides(agreement, certificateFile));
  if (certificate === undefined) return refused(certificateFile);
  const staticKey = textIn(besides(agreement, staticKeyFile))?.trim() ?? '';
  if (!/^[0-9a-f]{64}$/i.test(staticKey)) return refused(staticKeyFile);
  const identity = await partnerIdentity(bank, operatorFolder(dataFolder), LINK, {
    dnsNames: hostNames.filter((each) => isIP(each) === 0),
    ipAddresses: hostNames.filter((each) => isIP(each) !== 0),
  });
  const trusted = textIn(besides(agreement, trustFile));
  if (trusted === undefined) return refused(trustFile);
  mkdirSync(trustFolder(dataFolder), { recursive: true, mode: 0o700 });
  writeDurably(join(trustFolder(dataFolder), `${subject}.pem`), trusted, 0o600);
  const admitted = await admitOperator(openDeskOf(bank, identity, [trusted]), {
    operatorId: subject,
    name,
    form,
    staticKey: Buffer.from(staticKey, 'hex'),
    certificateSha256: certificate,
    keyChannel: new URL(keyChannel).origin,
  });
  return admitted.ok
    ? ok({ kind: 'operator-admitted', operatorId: subject, bankSha256: identity.sha256 })
    : admitted;
};

/** An employee who may enter seeds, by the public key of the employee's card (SPKI, PEM). */
export const admitOfficerByFile = async (
  bank: Bank,
  { subject, publicKeyFile, dataFolder }: StandaloneOptions,
): Promise<Result<object>> => {
  const identity = linkOf(dataFolder);
  if (!identity.ok) return identity;
  try {
    const key = createPublicKey(readFileSync(publicKeyFile ?? ''));
    const spki = key.export({ type: 'spki', format: 'der' }).toString('base64');
    await admitOfficer(openDeskOf(bank, identity.value, []), subject, spki);
    return ok({ kind: 'officer-admitted', officerId: subject });
  } catch {
    return fail('bank-setup-invalid', { file: publicKeyFile ?? '--public-key' });
  }
};

/** By what operators know this bank; a serving process makes no other, because operators have this one's hash. */
export const linkOf = (dataFolder: string): Result<PartnerIdentity> => {
  const identity = readPartnerIdentity(operatorFolder(dataFolder), LINK);
  return identity
    ? ok(identity)
    : fail('bank-setup-invalid', { file: 'operators', reason: 'admit-operator' });
};

/** Who vouches for operators' key channels, PEM each. */
export const trustedOperators = (dataFolder: string): readonly string[] => {
  const folder = trustFolder(dataFolder);
  return existsSync(folder)
    ? readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
    : [];
};

const LINK = 'bank-link';
const operatorFolder = (dataFolder: string): string => join(dataFolder, 'operators');

const trustFolder = (dataFolder: string): string => join(operatorFolder(dataFolder), 'trusted');

const besides = (file: string, name: string): string => resolve(dirname(file), name);

const textIn = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8') : undefined;

const fromFile = (file: string): unknown => {
  try {
    return JSON.parse(textIn(file) ?? '');
  } catch {
    return undefined;
  }
};

/** SHA-256 of its DER, hex. */
const certificateIn = (file: string): string | undefined => {
  try {
    const { fingerprint256 } = new X509Certificate(textIn(file) ?? '');
    return fingerprint256.replaceAll(':', '').toLowerCase();
  } catch {
    return undefined;
  }
};

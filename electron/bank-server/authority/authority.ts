import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import type { Clock } from '../bank.ts';
import type { CertificateProfile, CertificateProfiles } from '../ca/certificate-profile.ts';
import { newSerial } from '../ca/new-serial.ts';
import { signCertificate, type Issuer } from '../ca/sign-certificate.ts';
import { signContent } from '../ca/signed-data.ts';
import type { Signer } from '../ca/signer.ts';
import { formatName, type SubjectName } from '../ca/subject-name.ts';
import type { Database, Store } from '../store/store.ts';
import type { CertificateRow } from '../store/tables.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';

/** The bank's CA: every certificate it gave is in the database before and after its key signed. */
export interface Authority {
  readonly issuer: Issuer;
  readonly profiles: CertificateProfiles;
  /** DER. */
  readonly caCertificate: Buffer;
  /** Signs and records; inside the caller's transaction where one is given. */
  issue(db: Database, request: IssueRequest): Promise<CertificateRow & { readonly der: string }>;
  /** The bank's signing key and its certificate (DER), for what is not CMS. */
  readonly signing: { readonly signer: Signer; readonly certificate: Buffer };
  /** CMS over content, under the bank's signing certificate; DER. Plain data, or content of another type (an OID). */
  signContent(content: Uint8Array, contentType?: string): Promise<Buffer>;
}

export interface IssueRequest {
  readonly profile: CertificateProfile;
  readonly subject: SubjectName;
  readonly publicKey: KeyObject;
  readonly cardId?: string;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
}

/** The bank's own signing keys: the CA's in an HSM or an encrypted file, the others in files. */
export interface AuthorityKeys {
  readonly ca: Signer;
  /** Signs user information, manifests and tree heads. */
  readonly signing: Signer;
}

export interface AuthoritySetup {
  readonly store: Store;
  readonly keys: AuthorityKeys;
  readonly profiles: CertificateProfiles;
  readonly bankNameLatin: string;
  readonly crlUrl: string;
  readonly clock: Clock;
  /** False once the bank is set up: a CA certificate that is missing then is lost. */
  readonly mayCreate: boolean;
}

const DAY = 86_400;

export const openAuthority = async (setup: AuthoritySetup): Promise<Result<Authority>> => {
  const { store, keys, profiles, clock } = setup;

  const name: SubjectName = [
    { type: 'CN', value: `${setup.bankNameLatin} CA` },
    { type: 'O', value: setup.bankNameLatin },
    { type: 'C', value: 'CN' },
  ];
  const issuer: Issuer = { name, signer: keys.ca };

  const issue: Authority['issue'] = async (db, request) => {
    const { profile } = request;
    const now = clock().getTime();
    const notBefore = wholeSeconds(now - profile.backdatedMinutes * 60_000);
    const notAfter = wholeSeconds(now + profile.validityDays * DAY * 1000);
    const serial = newSerial();
    const row = {
      serial: serial.toString('hex'),
      card_id: request.cardId ?? null,
      profile: profile.name,
      subject: formatName(request.subject),
      public_key_sha256: sha256(request.publicKey.export({ type: 'spki', format: 'der' })),
      not_before: notBefore.toISOString(),
      not_after: notAfter.toISOString(),
      reason: null,
      revoked_at: null,
    };
    // The serial number is taken, for ever, before the key signs under it.
    await db
      .insertInto('certificates')
      .values({ ...row, state: 'requested', der: null, sha256: null })
      .execute();
    const der = await signCertificate(
      { ...request, serial, notBefore, notAfter, crlUrl: setup.crlUrl },
      issuer,
    );
    const issued = { state: 'issued', der: der.toString('base64'), sha256: sha256(der) } as const;
    await db.updateTable('certificates').set(issued).where('serial', '=', row.serial).execute();
    return { ...row, ...issued };
  };

  const current = async (profile: string): Promise<CertificateRow | undefined> =>
    store.db
      .selectFrom('certificates')
      .selectAll()
      .where('profile', '=', profile)
      .where('state', '=', 'issued')
      .orderBy('not_before', 'desc')
      .executeTakeFirst();

  /** The newest certificate of the bank's own, made when there is none for this key or it ends soon. */
  const own = async (
    profileName: string,
    subject: SubjectName,
    { publicKey }: Signer,
  ): Promise<Result<Buffer>> => {
    const profile = profiles.get(profileName);
    if (profile === undefined) return fail('bank-setup-invalid', { file: `${profileName}.json` });
    const found = await current(profileName);
    const soon = new Date(clock().getTime() + 30 * DAY * 1000).toISOString();
    if (found?.der && found.not_after > soon && belongs(found.der, publicKey))
      return ok(Buffer.from(found.der, 'base64'));
    if (found && profile.certificateAuthority)
      // Another CA certificate would make every card already issued a stranger.
      return fail('bank-keys-damaged', { file: 'ca.key.pem' });
    if (!found && profile.certificateAuthority && !setup.mayCreate)
      return fail('bank-keys-damaged', { file: 'ca.cert' });
    const fresh = await issue(store.db, { profile, subject, publicKey });
    return ok(Buffer.from(fresh.der, 'base64'));
  };

  const caCertificate = await own('ca', name, keys.ca);
  if (!caCertificate.ok) return caCertificate;
  const signing = await own(
    'bank-signing',
    [{ type: 'CN', value: `${setup.bankNameLatin} Signing` }, ...name.slice(1)],
    keys.signing,
  );
  if (!signing.ok) return signing;

  return ok({
    issuer,
    profiles,
    caCertificate: caCertificate.value,
    issue,
    signing: { signer: keys.signing, certificate: signing.value },
    signContent: (content, contentType) =>
      signContent(content, signing.value, keys.signing, clock(), contentType),
  });
};

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const wholeSeconds = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000);

const belongs = (der: string, publicKey: KeyObject): boolean =>
  new X509Certificate(Buffer.from(der, 'base64')).publicKey.equals(publicKey);

import { sql, type CompiledQuery } from 'kysely';
import { hash, X509Certificate, type KeyObject } from 'node:crypto';
import type { Clock } from '../bank.ts';
import type { CertificateProfile, CertificateProfiles } from '../ca/certificate-profile.ts';
import type { IssuingAlgorithm, IssuingKeyStore } from '../ca/issuing-key-store.ts';
import { newSerial } from '../ca/new-serial.ts';
import { writeCertificate, type Issuer } from '../ca/sign-certificate.ts';
import { signContent } from '../ca/signed-data.ts';
import type { Signer } from '../ca/signer.ts';
import { formatName, type SubjectName } from '../ca/subject-name.ts';
import { spkiOf } from '../ca/subject-public-key.ts';
import { insertOrFail, orFail, statement } from '../store/statement.ts';
import type { Database, Store } from '../store/store.ts';
import type { CertificateRow } from '../store/tables.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { keyIdOf, openIssuingKeys, type IssuingKey, type IssuingKeys } from './issuing-keys.ts';
import { publicationUrls } from './publication-urls.ts';

/** The bank's CA: every certificate it gave is in the database before and after its key signed. */
export interface Authority {
  /** In every certificate of the CA, whichever key signs. */
  readonly name: SubjectName;
  readonly profiles: CertificateProfiles;
  readonly issuingKeys: IssuingKeys;
  /** Certificate of the key that signs now; DER. */
  readonly caCertificate: Buffer;
  /** Certificates of all keys that are good, oldest first, each signed by itself: what to trust. DER. */
  readonly trusted: readonly Buffer[];
  /** Signs and records; inside the caller's transaction where one is given. */
  issue(db: Database, request: IssueRequest): Promise<IssuedCertificate>;
  /** Several at once under the key that signs now, in the order in which they were asked for. */
  prepare(db: Database, requests: readonly Omit<IssueRequest, 'by' | 'until'>[]): Promise<Prepared>;
  /** The bank's signing key and its certificate (DER), for what is not CMS. */
  readonly signing: { readonly signer: Signer; readonly certificate: Buffer };
  /** CMS over content, under the bank's signing certificate; DER. Plain data, or content of another type (an OID). */
  signContent(content: Uint8Array, contentType?: string): Promise<Buffer>;
  /** Makes the key of this name for a roll-over. */
  makeKey(name: string, algorithm: IssuingAlgorithm): Result<Signer>;
  /** The key of this name that the HSM's own ceremony made, for a roll-over. */
  adoptKey(name: string): Result<Signer>;
  /** Name of the key after so many. */
  keyName(before: number): string;
}

export type IssuedCertificate = CertificateRow & { readonly der: string };

/** Certificates that are decided on. Who asked for them runs both statements, in one transaction. */
export interface Prepared {
  /** Takes their serial numbers, for ever: to be run before they are signed. */
  readonly reserve: CompiledQuery<Pick<CertificateRow, 'serial'>>;
  sign(): Promise<IssuedTogether>;
}

export interface IssuedTogether {
  readonly certificates: readonly IssuedCertificate[];
  /** Writes the certificates to their serial numbers. */
  readonly record: CompiledQuery;
}

export interface IssueRequest {
  readonly profile: CertificateProfile;
  readonly subject: SubjectName;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  /** Its SHA-256, hex, where that is known. */
  readonly publicKeySha256?: string;
  readonly cardId?: string;
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** Another key than the one that signs now: for its own responder, and for links between keys. */
  readonly by?: Pick<IssuingKey, 'signer' | 'keyId'>;
  /** Not later than this, whatever the profile says. */
  readonly until?: Date;
}

/** The bank's own signing keys: the CA's in an HSM or encrypted files, the others in files. */
export interface AuthorityKeys {
  readonly issuing: IssuingKeyStore;
  /** Of the first issuing key, where it is made. */
  readonly algorithm: IssuingAlgorithm;
  /** Signs user information, manifests and tree heads. */
  readonly signing: Signer;
}

export interface AuthoritySetup {
  readonly store: Store;
  readonly keys: AuthorityKeys;
  readonly profiles: CertificateProfiles;
  readonly bankNameLatin: string;
  /** Where lists, answers and CA certificates are served: part of the certificates. */
  readonly publicationOrigin: string;
  readonly clock: Clock;
  /** False once the bank is set up: a CA certificate that is missing then is lost. */
  readonly mayCreate: boolean;
  /** An issuing key that the database names and this process cannot open. */
  readonly onMissingKey: (name: string) => void;
}

const DAY = 86_400;

export const openAuthority = async (setup: AuthoritySetup): Promise<Result<Authority>> => {
  const { store, keys, profiles, clock } = setup;

  const name: SubjectName = [
    { type: 'CN', value: `${setup.bankNameLatin} CA` },
    { type: 'O', value: setup.bankNameLatin },
    { type: 'C', value: 'CN' },
  ];

  const prepareBy = (
    db: Database,
    by: Pick<IssuingKey, 'signer' | 'keyId'>,
    requests: readonly IssueRequest[],
    latest: Date | undefined,
  ): Prepared => {
    const now = clock().getTime();
    const issuer: Issuer = { name, signer: by.signer };
    const urls = publicationUrls(setup.publicationOrigin, by.keyId);
    const orders = requests.map((request) => {
      const { profile, publicKeySha256 = sha256(request.spki) } = request;
      const wanted = now + profile.validityDays * DAY * 1000;
      const notAfter = wholeSeconds(Math.min(wanted, ...[latest, request.until].flatMap(timeOf)));
      const notBefore = wholeSeconds(now - profile.backdatedMinutes * 60_000);
      const serial = newSerial();
      const row: RequestedCertificate = {
        serial: serial.toString('hex'),
        card_id: request.cardId ?? null,
        profile: profile.name,
        subject: formatName(request.subject),
        public_key_sha256: publicKeySha256,
        issuer_key_id: by.keyId,
        not_before: notBefore.toISOString(),
        not_after: notAfter.toISOString(),
      };
      // Written before anybody has to wait for it: what is left is the signature.
      return { row, signOne: writeCertificate({ ...request, serial, notBefore, notAfter, urls }, issuer) };
    });
    const reserve = insertRequested.with(
      db,
      orders.map(({ row }) => row),
    );
    const sign = async (): Promise<IssuedTogether> => {
      const certificates = await Promise.all(
        orders.map(async ({ row, signOne }) => {
          const der = await signOne();
          const issued = { state: 'issued', reason: null, revoked_at: null } as const;
          return { ...row, ...issued, der: der.toString('base64') };
        }),
      );
      return { certificates, record: updateToIssued.with(db, certificates) };
    };
    return { reserve, sign };
  };

  const issueOne = async (
    db: Database,
    by: Pick<IssuingKey, 'signer' | 'keyId'>,
    request: IssueRequest,
    latest: Date | undefined,
  ): Promise<IssuedCertificate> => {
    const { reserve, sign } = prepareBy(db, by, [request], latest);
    await db.executeQuery(reserve);
    const { certificates, record } = await sign();
    const [issued] = certificates;
    if (issued === undefined) throw new Error('asked for one certificate and got none');
    await db.executeQuery(record);
    return issued;
  };

  const current = async (profile: string): Promise<CertificateRow | undefined> =>
    store.db
      .selectFrom('certificates')
      .selectAll()
      .where('profile', '=', profile)
      .where('card_id', 'is', null)
      .where('state', '=', 'issued')
      .orderBy('not_before', 'desc')
      .executeTakeFirst();

  const first = await enterFirstKey();
  if (!first.ok) return first;
  const opened = await openIssuingKeys(store.db, keys.issuing, clock, setup.onMissingKey);
  if (!opened.ok) return opened;
  const issuingKeys = opened.value;

  const issue: Authority['issue'] = async (db, request) => {
    await issuingKeys.refresh(db);
    const by = request.by ?? issuingKeys.current();
    const ends = issuingKeys.all().find(({ keyId }) => keyId === by.keyId)?.ends;
    // Nothing outlives the certificate of the key that signed it.
    return issueOne(db, by, request, ends);
  };

  const prepare: Authority['prepare'] = async (db, requests) => {
    await issuingKeys.refresh(db);
    const by = issuingKeys.current();
    return prepareBy(db, by, requests, by.ends);
  };

  const signing = await signingCertificate();
  if (!signing.ok) return signing;

  return ok({
    name,
    profiles,
    issuingKeys,
    get caCertificate() {
      return issuingKeys.current().certificate;
    },
    get trusted() {
      return issuingKeys.all().map(({ certificate }) => certificate);
    },
    issue,
    prepare,
    signing: { signer: keys.signing, certificate: signing.value },
    signContent: (content, contentType) =>
      signContent(content, signing.value, keys.signing, clock(), contentType),
    makeKey: (keyName, algorithm) => keys.issuing.make(keyName, algorithm),
    adoptKey: (keyName) => keys.issuing.adopt(keyName),
    keyName: (before) => `${keys.issuing.firstName}-${before + 1}`,
  });

  /** The first issuing key and its certificate; also of a bank that was set up before keys were numbered. */
  async function enterFirstKey(): Promise<Result<void>> {
    const known = await store.db.selectFrom('issuing_keys').select('key_id').limit(1).executeTakeFirst();
    if (known !== undefined) return ok();
    const { firstName } = keys.issuing;
    const found = await current('ca');
    const key = openOrMake();
    if (!key.ok) return key;
    if (found === undefined && !setup.mayCreate) return fail('bank-keys-damaged', { file: 'ca.cert' });
    if (found?.der && !belongs(found.der, key.value.publicKey))
      // Another CA certificate would make every card already issued a stranger.
      return fail('bank-keys-damaged', { file: 'ca.key.pem' });
    const profile = profiles.get('ca');
    if (profile === undefined) return fail('bank-setup-invalid', { file: 'ca.json' });
    const by = { signer: key.value, keyId: keyIdOf(key.value) };
    const request = { profile, subject: name, spki: spkiOf(key.value.publicKey) };
    const certificate = found?.der ?? (await issueOne(store.db, by, request, undefined)).der;
    const at = clock().toISOString();
    await store.db
      .insertInto('issuing_keys')
      .values({
        key_id: by.keyId,
        name: firstName,
        state: 'current',
        certificate,
        link: null,
        back_link: null,
        made_at: at,
        made_by: 'set-up',
        current_since: at,
        switched_by: null,
        serves_until: null,
      })
      .onConflict((conflict) => conflict.doNothing()) // another process has done it
      .execute();
    return ok();
  }

  function openOrMake(): Result<Signer> {
    const { firstName } = keys.issuing;
    const key = keys.issuing.open(firstName);
    return key.ok || !setup.mayCreate ? key : keys.issuing.make(firstName, keys.algorithm);
  }

  /** The newest of the bank's own signing certificates, made when there is none for this key or it ends soon. */
  async function signingCertificate(): Promise<Result<Buffer>> {
    const profile = profiles.get('bank-signing');
    if (profile === undefined) return fail('bank-setup-invalid', { file: 'bank-signing.json' });
    const { publicKey } = keys.signing;
    const found = await current('bank-signing');
    const soon = new Date(clock().getTime() + 30 * DAY * 1000).toISOString();
    if (found?.der && found.not_after > soon && belongs(found.der, publicKey))
      return ok(Buffer.from(found.der, 'base64'));
    const subject: SubjectName = [{ type: 'CN', value: `${setup.bankNameLatin} Signing` }, ...name.slice(1)];
    const fresh = await issue(store.db, { profile, subject, spki: spkiOf(publicKey) });
    return ok(Buffer.from(fresh.der, 'base64'));
  }
};

const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes);

const wholeSeconds = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000);

const timeOf = (date: Date | undefined): number[] => (date === undefined ? [] : [date.getTime()]);

type RequestedCertificate = Omit<CertificateRow, 'state' | 'der' | 'reason' | 'revoked_at'>;

const insertRequested = statement<RequestedCertificate, Pick<CertificateRow, 'serial'>>((db, rows) =>
  insertOrFail(db, 'certificates')
    .returning('serial')
    .values(
      rows.map((row) => ({
        serial: row.serial,
        card_id: row.card_id,
        profile: row.profile,
        subject: row.subject,
        public_key_sha256: row.public_key_sha256,
        issuer_key_id: row.issuer_key_id,
        not_before: row.not_before,
        not_after: row.not_after,
        state: sql.lit('requested'),
        der: null,
        reason: null,
        revoked_at: null,
      })),
    ),
);

interface SignedCertificate {
  readonly serial: string;
  readonly der: string;
}

const updateToIssued = statement<SignedCertificate>((db, signed) => {
  const values = signed.map(({ serial, der }) => sql`(${serial}, ${der})`);
  return sql`
    with signed (signed_serial, signed_der) as (values ${sql.join(values)})
    update ${orFail(db)} certificates set state = 'issued', der = signed_der
    from signed where serial = signed_serial`;
});

const belongs = (der: string, publicKey: KeyObject): boolean =>
  new X509Certificate(Buffer.from(der, 'base64')).publicKey.equals(publicKey);

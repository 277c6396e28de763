import { X509Certificate } from 'node:crypto';
import type { IssuingKeyStore } from '../ca/issuing-key-store.ts';
import type { Signer } from '../ca/signer.ts';
import { keyIdentifier, spkiOf } from '../ca/subject-public-key.ts';
import type { Database } from '../store/store.ts';
import type { IssuingKeyRow } from '../store/tables.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';

/** A key that signs certificates, or did, or will. All of a bank's bear the same name; the key id tells them apart. */
export interface IssuingKey {
  /** SHA-1 of the public key's bits, hex: what is in AuthorityKeyIdentifier (RFC 5280, 4.2.1.1). */
  readonly keyId: string;
  readonly state: IssuingKeyRow['state'];
  readonly signer: Signer;
  /** Signed by itself; DER. */
  readonly certificate: Buffer;
  /** When that certificate ends. */
  readonly ends: Date;
  /** RFC 4210, 4.4: this key signed by the one before it, and that one signed by this; DER. Empty for the first. */
  readonly links: readonly Buffer[];
}

export interface IssuingKeys {
  /** Oldest first. Those whose last certificate has ended are not among them. */
  all(): readonly IssuingKey[];
  /** The one that signs now. */
  current(): IssuingKey;
  /** Reads again what other processes and commands have done; at most every few seconds unless `now`. */
  refresh(db: Database, now?: 'now'): Promise<void>;
  /** Called after keys came, changed or went. */
  onChange(listener: () => void): void;
}

const REFRESH_MS = 5_000;

/**
 * The issuing keys that the database names, with the private keys from the store. A key that cannot be opened is
 * left out and reported once: the process goes on with those it has. Fault: bank-keys-damaged where none signs.
 */
export const openIssuingKeys = async (
  db: Database,
  store: IssuingKeyStore,
  clock: () => Date,
  onMissing: (name: string) => void,
): Promise<Result<IssuingKeys>> => {
  const signers = new Map<string, Signer>();
  const missing = new Set<string>();
  const listeners: (() => void)[] = [];
  let keys: readonly IssuingKey[] = [];
  let read = '';
  let readAt = -Infinity;

  const signerOf = ({ name, certificate }: IssuingKeyRow): Signer | undefined => {
    const known = signers.get(name);
    if (known !== undefined) return known;
    const opened = store.open(name);
    const own = new X509Certificate(Buffer.from(certificate, 'base64')).publicKey;
    if (!opened.ok || !opened.value.publicKey.equals(own)) {
      if (!missing.has(name)) onMissing(name);
      missing.add(name);
      return undefined;
    }
    signers.set(name, opened.value);
    return opened.value;
  };

  const refresh: IssuingKeys['refresh'] = async (database, now) => {
    if (now === undefined && performance.now() - readAt < REFRESH_MS) return;
    const rows = await database.selectFrom('issuing_keys').selectAll().orderBy('made_at').execute();
    readAt = performance.now();
    const time = clock().toISOString();
    const live = rows.filter((row) => row.serves_until === null || row.serves_until > time);
    const known = live.flatMap((row) => {
      const signer = signerOf(row);
      return signer === undefined ? [] : [{ row, signer }];
    });
    const seen = JSON.stringify(known.map(({ row }) => [row.key_id, row.state]));
    if (seen === read) return;
    read = seen;
    keys = known.map(({ row, signer }) => {
      const certificate = Buffer.from(row.certificate, 'base64');
      return {
        keyId: row.key_id,
        state: row.state,
        signer,
        certificate,
        ends: new Date(new X509Certificate(certificate).validTo),
        links: [row.link, row.back_link].flatMap((link) =>
          link === null ? [] : [Buffer.from(link, 'base64')],
        ),
      };
    });
    for (const each of listeners) each();
  };

  await refresh(db, 'now');
  // A process that lacks the newest key signs with the one before it, which everybody still knows.
  const current = (): IssuingKey | undefined =>
    keys.find(({ state }) => state === 'current') ?? keys.findLast(({ state }) => state === 'retired');
  const first = current();
  if (first === undefined) return fail('bank-keys-damaged', { file: `${store.firstName}.key.pem` });
  return ok({
    all: () => keys,
    current: () => current() ?? first,
    refresh,
    onChange: (listener) => void listeners.push(listener),
  });
};

export const keyIdOf = ({ publicKey }: Signer): string => keyIdentifier(spkiOf(publicKey)).toString('hex');

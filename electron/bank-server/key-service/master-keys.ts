import { randomUUID } from 'node:crypto';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Clock } from '../bank.ts';
import { deriveKey, type KeyFiles } from '../ca/key-files.ts';
import type { Database } from '../store/store.ts';
import type { MasterKeyRow } from '../store/tables.ts';
import { checkValueOf, type MasterKey, type MasterKeyAlgorithm } from './diversification/master-key.ts';
import type { MasterKeyStore } from './master-key-store.ts';

/** A master key that this process can derive from. */
export type OpenMasterKey =
  | { readonly version: number; readonly kind: 'master'; readonly key: MasterKey }
  /** Of a bank that was set up before there were versions: 32 bytes in a file, used with HKDF. */
  | { readonly version: number; readonly kind: 'hkdf'; readonly secret: Buffer };

/** What is derived: from an AES key, and, by the methods of EMV, from a 3DES key. Each has its own current version. */
export type MasterKeyFamily = 'aes' | '3des';

export interface MasterKeys {
  /** Fault: bank-keys-damaged, for a version that is unknown or not to be opened here. */
  open(version: number): Promise<Result<OpenMasterKey>>;
  /** The version new secrets come from. Fault: bank-key-conflict {reason: no-master-key}. */
  current(family: MasterKeyFamily): Promise<Result<number>>;
  /** Those that cards may come from, oldest first. */
  versions(): Promise<readonly { readonly version: number; readonly family: MasterKeyFamily }[]>;
}

export interface MasterKeyPlaces {
  readonly files: KeyFiles;
  /** Where new ones go: the HSM of a bank that has one. */
  readonly store: MasterKeyStore;
  /** Where those of this place are. Undefined: this process has no such place. */
  storeAt(place: MasterKeyRow['place']): MasterKeyStore | undefined;
}

/** A running process looks again after so long what people have done. */
const REFRESH_MS = 5_000;

/** The master keys that the database names. At a bank's set-up, with `mayCreate`, the first is made. */
export const openMasterKeys = async (
  db: Database,
  places: MasterKeyPlaces,
  clock: Clock,
  mayCreate: boolean,
): Promise<Result<MasterKeys>> => {
  const first = await enterFirst(db, places, clock, mayCreate);
  if (!first.ok) return first;
  const opened = new Map<number, OpenMasterKey>();
  let rows: readonly MasterKeyRow[] = [];
  let readAt = -Infinity;
  const refreshed = async (now?: 'now'): Promise<readonly MasterKeyRow[]> => {
    if (now === 'now' || performance.now() - readAt > REFRESH_MS) {
      rows = await readMasterKeys(db);
      readAt = performance.now();
    }
    return rows;
  };
  const keys: MasterKeys = {
    async open(version) {
      const known = opened.get(version);
      if (known) return ok(known);
      const ofVersion = (row: MasterKeyRow) => row.version === version;
      const row = (await refreshed()).find(ofVersion) ?? (await refreshed('now')).find(ofVersion);
      if (!row) return fail('bank-keys-damaged', { file: 'master-keys', version });
      const key = await openRow(places, row);
      if (key.ok) opened.set(version, key.value);
      return key;
    },
    async current(family) {
      const row = (await refreshed()).find((each) => each.state === 'current' && familyOf(each) === family);
      return row
        ? ok(row.version)
        : fail('bank-key-conflict', { reason: 'no-master-key', algorithm: family });
    },
    async versions() {
      return (await refreshed())
        .filter(({ state }) => state !== 'entered')
        .map((row) => ({ version: row.version, family: familyOf(row) }));
    },
  };
  // A bank that cannot serve its cards says so at the start, and not at the first card.
  for (const row of await refreshed('now'))
    if (row.state === 'current') {
      const key = await keys.open(row.version);
      if (!key.ok) return key;
    }
  return ok(keys);
};

export const readMasterKeys = (db: Database): Promise<MasterKeyRow[]> =>
  db.selectFrom('master_keys').selectAll().orderBy('version').execute();

export const familyOf = ({ algorithm }: Pick<MasterKeyRow, 'algorithm'>): MasterKeyFamily =>
  algorithm === '3des' ? '3des' : 'aes';

const openRow = async (places: MasterKeyPlaces, row: MasterKeyRow): Promise<Result<OpenMasterKey>> => {
  const { version, algorithm, name, place } = row;
  if (algorithm === 'hkdf-sha256') {
    const secret = places.files.secret(name);
    return secret.ok ? ok({ version, kind: 'hkdf', secret: secret.value }) : secret;
  }
  const key = places.storeAt(place)?.open(name, algorithm);
  if (key === undefined) return fail('bank-keys-damaged', { file: place, reason: 'place', version });
  if (!key.ok) return key;
  // Another key under the same label would make every card of this version a stranger.
  return (await checkValueOf(key.value)) === row.check_value
    ? ok({ version, kind: 'master', key: key.value })
    : fail('bank-keys-damaged', { file: name, reason: 'check-value', version });
};

/** Of a bank's own first key; people enter others later. */
const FIRST_ALGORITHM: MasterKeyAlgorithm = 'aes-256';
/** File of the secret in banks that were set up before there were versions. */
const BEFORE_VERSIONS = 'card-management-master';

const enterFirst = async (
  db: Database,
  places: MasterKeyPlaces,
  clock: Clock,
  mayCreate: boolean,
): Promise<Result<void>> => {
  const known = await db.selectFrom('master_keys').select('version').limit(1).executeTakeFirst();
  if (known !== undefined) return ok();
  const found = await firstKey(places, mayCreate);
  if (!found.ok) return found;
  const at = clock();
  const row = {
    version: 1,
    ...found.value,
    state: 'current' as const,
    made_at: at.toISOString(),
    made_by: JSON.stringify(['set-up']),
    current_since: at.toISOString(),
  };
  // Another process may have done it.
  const entered = await db
    .insertInto('master_keys')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (entered.numInsertedOrUpdatedRows === 1n)
    await db
      .insertInto('master_key_events')
      .values({
        event_id: randomUUID(),
        version: 1,
        at: at.toISOString(),
        kind: 'made',
        officers: row.made_by,
        detail: JSON.stringify({ checkValue: row.check_value, algorithm: row.algorithm }),
      })
      .execute();
  return ok();
};

type FirstKey = Pick<MasterKeyRow, 'algorithm' | 'place' | 'name' | 'check_value'>;

const firstKey = async ({ files, store }: MasterKeyPlaces, mayCreate: boolean): Promise<Result<FirstKey>> => {
  const before = files.storedSecret(BEFORE_VERSIONS);
  if (!before.ok) return before;
  if (before.value !== undefined) {
    const shown = deriveKey(before.value, 'cardwright|check-value', 3).toString('hex').toUpperCase();
    return ok({ algorithm: 'hkdf-sha256', place: 'file', name: BEFORE_VERSIONS, check_value: shown });
  }
  const name = store.nameOf(1);
  const key = mayCreate ? store.make(name, FIRST_ALGORITHM) : store.open(name, FIRST_ALGORITHM);
  if (!key.ok) return key;
  return ok({
    algorithm: FIRST_ALGORITHM,
    place: store.place,
    name,
    check_value: await checkValueOf(key.value),
  });
};

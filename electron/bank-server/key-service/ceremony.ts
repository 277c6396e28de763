import { randomBytes } from 'node:crypto';
import { fail, ok, type Failed, type Result } from '../../shared/result/index.ts';
import { z } from 'zod';
import type { BankKeyEvent } from '../../shared/domain/index.ts';
import { recordKeyEvent } from '../audit/key-record.ts';
import type { Bank } from '../bank.ts';
import type { BankTransaction } from '../store/store.ts';
import type { BankTables } from '../store/tables.ts';
import {
  checkValueOf,
  checkValueOfBytes,
  masterKeyAlgorithms,
  masterKeyBytes,
  type MasterKeyAlgorithm,
} from './diversification/master-key.ts';
import { familyOf, readMasterKeys, type MasterKeyPlaces } from './master-keys.ts';

/*
 * How a master key comes from people: two officers hold one component each, and the key is the two combined (XOR).
 * Either component alone says nothing of it. They come one after the other, when they like:
 *
 *   first     component and its check value ──▶ kept sealed beside the bank's keys
 *   second    another component ──▶ the key ──▶ HSM or sealed file; the first component is forgotten
 *   activate  a person compares the key's check value ──▶ secrets that are made from now on come from this key
 */

export interface KeyRoom {
  readonly bank: Bank;
  readonly places: MasterKeyPlaces;
}

export interface ComponentEntry {
  /** The next one: one more than the highest. */
  readonly version: number;
  readonly algorithm: MasterKeyAlgorithm;
  readonly officerId: string;
  /** As typed: hex, spaces where people like them. */
  readonly component: string;
  /** 6 hex digits, from the same paper. */
  readonly checkValue: string;
  /** Asked before the key is kept: is this the check value that the officers have on paper? */
  confirm(checkValue: string): Promise<boolean>;
}

export type ComponentEntered =
  | { readonly kind: 'component-entered'; readonly version: number; readonly checkValue: string }
  | {
      readonly kind: 'master-key-entered';
      readonly version: number;
      readonly checkValue: string;
      readonly officers: readonly string[];
    };

/**
 * One officer's component. Whatever is refused leaves everything as it was. Faults: bank-key-conflict {reason},
 * key-component-wrong {reason: length, check-value, equal}, key-component-same-officer, key-check-value-differs.
 */
export const enterKeyComponent = async (
  room: KeyRoom,
  entry: ComponentEntry,
): Promise<Result<ComponentEntered>> => {
  const { bank, places } = room;
  const { version, algorithm, officerId } = entry;
  const rows = await readMasterKeys(bank.store.db);
  const next = Math.max(0, ...rows.map((row) => row.version)) + 1;
  if (version !== next) return conflict('not-next', { next });
  // Left behind where a ceremony was cut off after the key was kept.
  for (const row of rows) places.files.forgetSecret(pendingName(row.version));

  const bytes = bytesOf(entry);
  if (!bytes.ok) return bytes;
  try {
    const first = readPending(places, version);
    if (!first.ok) return first;
    if (first.value !== undefined) return await combine(room, entry, first.value, bytes.value);
    const checkValue = checkValueOfBytes(algorithm, bytes.value);
    const officers = [officerId];
    const recorded = await bank.store.transaction(async (tx) => {
      await record(bank, tx, version, { kind: 'component-entered', officers, checkValue, algorithm });
      return ok();
    });
    if (!recorded.ok) return recorded;
    const kept = places.files.keepSecret(
      pendingName(version),
      Buffer.from(
        JSON.stringify({ officerId, algorithm, component: bytes.value.toString('hex') } satisfies Pending),
      ),
    );
    if (!kept.ok) return kept;
    bank.log.warn({ version, officers, checkValue }, 'component of a master key entered');
    return ok({ kind: 'component-entered', version, checkValue });
  } finally {
    bytes.value.fill(0);
  }
};

const combine = async (
  { bank, places }: KeyRoom,
  entry: ComponentEntry,
  first: Pending,
  second: Buffer,
): Promise<Result<ComponentEntered>> => {
  const { version, algorithm, officerId, confirm } = entry;
  if (sameOfficer(first.officerId, officerId)) return fail('key-component-same-officer', { officerId });
  if (first.algorithm !== algorithm) return conflict('other-algorithm', { algorithm: first.algorithm });
  const { store, clock, log } = bank;
  const key = Buffer.from(first.component, 'hex');
  try {
    for (const [at, byte] of second.entries()) key[at] = (key[at] ?? 0) ^ byte;
    if (isWorthless(algorithm, key)) return fail('key-component-wrong', { reason: 'equal' });
    const checkValue = checkValueOfBytes(algorithm, key);
    if (!(await confirm(checkValue))) return fail('key-check-value-differs', { checkValue });
    const name = places.store.nameOf(version);
    const put = places.store.put(name, algorithm, key);
    // Kept already where a ceremony was cut off just after: the same key, or another's label.
    const kept = put.ok || put.fault.data.reason !== 'label-taken' ? put : places.store.open(name, algorithm);
    if (!kept.ok) return kept;
    if ((await checkValueOf(kept.value)) !== checkValue) return put.ok ? conflict('token') : put;
    const officers = [first.officerId, officerId];
    const at = clock();
    const entered = await store.transaction(async (tx) => {
      const known = await tx
        .selectFrom('master_keys')
        .select('version')
        .where('version', '=', version)
        .executeTakeFirst();
      if (known) return conflict('not-next', { next: version + 1 });
      await insertEntered(tx, {
        version,
        algorithm,
        name,
        checkValue,
        officers,
        place: places.store.place,
        at,
      });
      await record(bank, tx, version, { kind: 'entered', officers, checkValue, algorithm });
      return ok();
    });
    if (!entered.ok) return entered;
    places.files.forgetSecret(pendingName(version));
    log.warn({ version, officers, checkValue }, 'master key entered');
    return ok({ kind: 'master-key-entered', version, checkValue, officers });
  } finally {
    key.fill(0);
  }
};

export interface FoundMasterKey {
  /** The next one: one more than the highest. */
  readonly version: number;
  /** Its label in the HSM, or `id:` and its id in hex. */
  readonly name: string;
  /** 6 hex digits, from the papers of the ceremony that made it. */
  readonly checkValue: string;
  readonly officerId: string;
}

/**
 * A key that the HSM's own ceremony made becomes one of the bank's; it is activated like any other. Faults:
 * bank-key-conflict {reason: not-next, known-already, no-hsm}, bank-key-unfit, key-check-value-differs.
 */
export const adoptMasterKey = async (
  { bank, places }: KeyRoom,
  { version, name, checkValue, officerId }: FoundMasterKey,
): Promise<Result<{ readonly algorithm: MasterKeyAlgorithm; readonly checkValue: string }>> => {
  const found = places.store.adopt(name);
  if (!found.ok) return found;
  const { algorithm } = found.value;
  const present = await checkValueOf(found.value);
  if (present !== normalised(checkValue)) return fail('key-check-value-differs', { checkValue: present });
  const at = bank.clock();
  const adopted = await bank.store.transaction(async (tx) => {
    const rows = await readMasterKeys(tx);
    const next = Math.max(0, ...rows.map((row) => row.version)) + 1;
    if (version !== next) return conflict('not-next', { next });
    // The same key under two versions would make a change-over one in name only.
    if (rows.some((row) => row.name === name || (row.check_value === present && row.algorithm === algorithm)))
      return conflict('known-already');
    const officers = [officerId];
    await insertEntered(tx, {
      version,
      algorithm,
      name,
      checkValue: present,
      officers,
      place: places.store.place,
      at,
    });
    await record(bank, tx, version, { kind: 'adopted', name, officers, checkValue: present, algorithm });
    return ok();
  });
  if (!adopted.ok) return adopted;
  bank.log.warn({ version, officers: [officerId], checkValue: present }, 'master key adopted');
  return ok({ algorithm, checkValue: present });
};

/** The first component goes, because its paper is lost or somebody has seen it. Fault: bank-key-conflict. */
export const abandonMasterKey = async (
  { bank, places }: KeyRoom,
  version: number,
  officerId: string,
): Promise<Result<void>> => {
  const first = readPending(places, version);
  if (!first.ok) return first;
  if (first.value === undefined) return conflict('none-begun');
  places.files.forgetSecret(pendingName(version));
  const recorded = await bank.store.transaction(async (tx) => {
    await record(bank, tx, version, { kind: 'abandoned', officers: [officerId] });
    return ok();
  });
  if (!recorded.ok) return recorded;
  bank.log.warn({ version, officers: [officerId] }, 'entry of a master key abandoned');
  return ok();
};

/**
 * Secrets that are made from now on come from this key; the one before it serves the cards it has. Faults:
 * bank-key-conflict, key-check-value-differs, those of the key's place.
 */
export const activateMasterKey = async (
  { bank, places }: KeyRoom,
  version: number,
  checkValue: string,
  officerId: string,
): Promise<Result<{ readonly before: number | undefined }>> => {
  const row = (await readMasterKeys(bank.store.db)).find((each) => each.version === version);
  if (row?.state !== 'entered') return conflict('not-entered', { state: row?.state ?? 'unknown' });
  if (row.algorithm === 'hkdf-sha256') return conflict('not-entered', { state: row.state });
  const key = places.storeAt(row.place)?.open(row.name, row.algorithm);
  if (key === undefined) return fail('bank-keys-damaged', { file: row.place, reason: 'place', version });
  if (!key.ok) return key;
  // What is in the HSM counts, and not what was written down about it.
  const present = await checkValueOf(key.value);
  if (present !== normalised(checkValue)) return fail('key-check-value-differs', { checkValue: present });
  const at = bank.clock();
  const done = await bank.store.transaction(async (tx) => {
    const rows = await readMasterKeys(tx);
    if (rows.find((each) => each.version === version)?.state !== 'entered')
      return conflict('not-entered', { state: 'unknown' });
    const before = rows.find((each) => each.state === 'current' && familyOf(each) === familyOf(row));
    if (before)
      await tx
        .updateTable('master_keys')
        .set({ state: 'retired' })
        .where('version', '=', before.version)
        .execute();
    await tx
      .updateTable('master_keys')
      .set({ state: 'current', current_since: at.toISOString() })
      .where('version', '=', version)
      .execute();
    await record(bank, tx, version, {
      ...{ kind: 'activated', officers: [officerId], checkValue: present },
      ...(before && { before: String(before.version) }),
    });
    return ok({ before: before?.version });
  });
  if (done.ok) bank.log.warn({ version, officers: [officerId], checkValue: present }, 'master key activated');
  return done;
};

/** Random, for an officer to write down: hex in groups of four, and its check value. */
export const makeKeyComponent = (
  algorithm: MasterKeyAlgorithm,
): { readonly component: string; readonly checkValue: string } => {
  const bytes = randomBytes(masterKeyBytes[algorithm]);
  const component = bytes
    .toString('hex')
    .toUpperCase()
    .replaceAll(/.{4}(?=.)/g, '$& ');
  return { component, checkValue: checkValueOfBytes(algorithm, bytes) };
};

interface EnteredKey {
  readonly version: number;
  readonly algorithm: MasterKeyAlgorithm;
  readonly place: BankTables['master_keys']['place'];
  readonly name: string;
  readonly checkValue: string;
  readonly officers: readonly string[];
  readonly at: Date;
}

/** Known from now on, and nothing comes from it until it is activated. */
const insertEntered = async (
  tx: BankTransaction,
  { version, algorithm, place, name, checkValue, officers, at }: EnteredKey,
): Promise<void> => {
  await tx
    .insertInto('master_keys')
    .values({
      version,
      algorithm,
      place,
      name,
      check_value: checkValue,
      state: 'entered',
      made_at: at.toISOString(),
      made_by: JSON.stringify(officers),
      current_since: null,
    })
    .execute();
};

const record = (
  bank: Bank,
  tx: BankTransaction,
  version: number,
  event: Omit<BankKeyEvent, 'at' | 'subject' | 'key'>,
): Promise<void> => recordKeyEvent(bank, tx, { subject: 'master-key', key: String(version), ...event });

const pending = z.strictObject({
  officerId: z.string(),
  algorithm: z.enum(masterKeyAlgorithms),
  component: z.string(),
});
type Pending = z.infer<typeof pending>;

const pendingName = (version: number): string => `card-master-${version}-component`;

const readPending = ({ files }: MasterKeyPlaces, version: number): Result<Pending | undefined> => {
  const stored = files.storedSecret(pendingName(version));
  if (!stored.ok || stored.value === undefined) return stored as Result<undefined>;
  const parsed = pending.safeParse(JSON.parse(stored.value.toString('utf8')));
  return parsed.success ? ok(parsed.data) : fail('bank-keys-damaged', { file: pendingName(version) });
};

const bytesOf = ({ component, checkValue, algorithm }: ComponentEntry): Result<Buffer> => {
  const digits = component.replaceAll(/\s/g, '');
  const length = masterKeyBytes[algorithm];
  if (!/^[0-9a-f]*$/i.test(digits) || digits.length !== length * 2)
    return fail('key-component-wrong', { reason: 'length', digits: length * 2 });
  const bytes = Buffer.from(digits, 'hex');
  if (checkValueOfBytes(algorithm, bytes) === normalised(checkValue)) return ok(bytes);
  bytes.fill(0);
  return fail('key-component-wrong', { reason: 'check-value' });
};

const normalised = (checkValue: string): string => checkValue.replaceAll(/\s/g, '').toUpperCase();

/** One person does not become two by other letters or a space. */
const sameOfficer = (one: string, other: string): boolean =>
  one.trim().toLowerCase() === other.trim().toLowerCase();

/** Two equal components cancel out; two equal halves of 3DES are one DES key. */
const isWorthless = (algorithm: MasterKeyAlgorithm, key: Buffer): boolean =>
  key.every((byte) => byte === 0) ||
  (algorithm === '3des' && withoutParity(key.subarray(0, 8)).equals(withoutParity(key.subarray(8))));

const withoutParity = (key: Buffer): Buffer => Buffer.from(key.map((byte) => byte & 0xfe));

const conflict = (reason: string, more: Readonly<Record<string, string | number>> = {}): Failed =>
  fail('bank-key-conflict', { reason, ...more });

import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate, migrateBack, schemaVersion } from '../../../electron/bank-server/store/schema.ts';
import type { Database, Store } from '../../../electron/bank-server/store/store.ts';
import { bindKey } from '../../../electron/bank-server/registry/report-progress.ts';
import { fail, ok } from '../../../electron/shared/result/index.ts';

/** What both stores are asked: a fresh database each time, and a second connection to the same one. */
export interface StoreUnderTest {
  open(): Promise<Store>;
  /** Another process's view of the same database. */
  openAgain(): Promise<Store>;
  close(): Promise<void>;
}

const now = '2026-11-20T00:00:00.000Z';
const envelope = (enc: string) => ({ enc_sha256: enc, used_at: now });

export const storeSuite = (make: () => Promise<StoreUnderTest>): void => {
  let under: StoreUnderTest;
  let store: Store;
  beforeAll(async () => {
    under = await make();
  });
  afterAll(() => under.close());
  beforeEach(async () => {
    store = await under.open();
  });
  afterEach(() => store.close());

  const envelopes = async () =>
    (await store.db.selectFrom('used_envelopes').select('enc_sha256').execute()).map(
      (each) => each.enc_sha256,
    );

  describe('a transaction', () => {
    it('undoes everything when the work is refused or throws', async () => {
      const refusal = fail('card-unknown', { cardId: 'CW' });
      const refused = await store.transaction(async (tx) => {
        await tx.insertInto('used_envelopes').values(envelope('a')).execute();
        return refusal;
      });
      expect(refused).toEqual(refusal);
      await expect(
        store.transaction(async (tx) => {
          await tx.insertInto('used_envelopes').values(envelope('b')).execute();
          throw new Error('a bug');
        }),
      ).rejects.toThrow('a bug');
      expect(await envelopes()).toEqual([]);
    });

    it('is there for the next process once it has returned', async () => {
      await store.transaction(async (tx) => {
        await tx.insertInto('used_envelopes').values(envelope('kept')).execute();
        return ok();
      });
      const other = await under.openAgain();
      expect(await other.db.selectFrom('used_envelopes').selectAll().execute()).toEqual([envelope('kept')]);
      await other.close();
    });

    it('gives a place to one of many who want it at the same moment', async () => {
      const keys = Array.from({ length: 8 }, () => randomUUID());
      const answers = await Promise.all(
        keys.map((cardId) => store.transaction((tx) => bindKey(tx, 'one-key', cardId, new Date(now)))),
      );
      expect(answers.filter((each) => each.ok)).toHaveLength(1);
      expect(answers.filter((each) => !each.ok && each.fault.code === 'csr-refused')).toHaveLength(7);
      const rows = await store.db.selectFrom('card_keys').selectAll().execute();
      expect(rows).toHaveLength(1);
    });
  });

  it('knows a value that must be unique', async () => {
    await store.db.insertInto('used_envelopes').values(envelope('a')).execute();
    const again = store.db.insertInto('used_envelopes').values(envelope('a')).execute();
    const error: unknown = await again.catch((caught: unknown) => caught);
    expect(store.isUniqueViolation(error)).toBe(true);
    expect(store.isUniqueViolation(new Error('another'))).toBe(false);
  });

  it('counts rows, gives back what it changed, and keeps numbers numbers', async () => {
    const account = {
      account_number: 'A',
      customer_id: 'C',
      currency: 'CNY',
      kind: 'current' as const,
      balance: 9_007_199_254_740_991,
      pin_hash: '',
      pin_failures: 0,
      pin_blocked: 0,
    };
    await store.db.insertInto('accounts').values(account).execute();
    const counted = await store.db
      .updateTable('accounts')
      .set((expression) => ({ pin_failures: expression('pin_failures', '+', 1) }))
      .where('pin_failures', '<', 3)
      .returning(['pin_failures', 'balance'])
      .executeTakeFirst();
    expect(counted).toEqual({ pin_failures: 1, balance: 9_007_199_254_740_991 });
    const none = await store.db
      .updateTable('accounts')
      .set({ pin_blocked: 1 })
      .where('account_number', '=', 'B')
      .executeTakeFirst();
    expect(none.numUpdatedRows).toBe(0n);
    const ignored = await store.db
      .insertInto('accounts')
      .values(account)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    expect(ignored.numInsertedOrUpdatedRows).toBe(0n);
  });

  it('sorts times as text', async () => {
    const times = ['2026-11-20T09:00:00.000Z', '2026-11-20T10:00:00.000Z', '2025-12-31T23:59:59.999Z'];
    for (const used_at of times)
      await store.db.insertInto('used_envelopes').values({ enc_sha256: used_at, used_at }).execute();
    const rows = await store.db.selectFrom('used_envelopes').select('used_at').orderBy('used_at').execute();
    expect(rows.map((row) => row.used_at)).toEqual([...times].sort());
  });

  describe('its tables', () => {
    it('can be taken back and made again, each version by itself', async () => {
      const all = await tablesOf(store.db);
      expect(all).toContain('cards');
      for (let version = schemaVersion() - 1; version >= 0; version -= 1) {
        await migrateBack(store.db, version);
        expect(await store.db.selectFrom('schema_versions').selectAll().execute()).toHaveLength(version);
      }
      expect(await tablesOf(store.db)).toEqual(['schema_versions']);
      expect(await migrate(store.db, now)).toBe(0);
      expect(await tablesOf(store.db)).toEqual(all);
      expect(await migrate(store.db, now)).toBe(schemaVersion());
    });
  });
};

const tablesOf = async (db: Database): Promise<string[]> => {
  const tables = await db.introspection.getTables();
  return tables.map(({ name }) => name).sort();
};

/** Whether the database numbers rows by itself anywhere: a place every process would wait at. */
export const sequencesOf = async (db: Database): Promise<string[]> => {
  const { rows } = await sql<{ name: string }>`
    select sequence_name as name from information_schema.sequences
    union all
    select table_name || '.' || column_name from information_schema.columns
      where table_schema = current_schema() and (is_identity = 'YES' or column_default is not null)
  `.execute(db);
  return rows.map(({ name }) => name);
};

import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pino } from 'pino';
import type { Actor } from '../../../electron/bank-server/bank.ts';
import { openMetrics } from '../../../electron/bank-server/http/metrics.ts';
import { dispatchNotifications } from '../../../electron/bank-server/outbox/dispatch-notifications.ts';
import {
  notifyOfCard,
  notifyOfRegistration,
  type Notification,
} from '../../../electron/bank-server/outbox/notification.ts';
import { expiring, openSweep } from '../../../electron/bank-server/store/sweep-expired.ts';
import { migrate, migrateBack, schemaVersion } from '../../../electron/bank-server/store/schema.ts';
import {
  insertOrFail,
  runTogether,
  runWithCommit,
  statement,
} from '../../../electron/bank-server/store/statement.ts';
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
      expect(await other.db.selectFrom('used_envelopes').select(['enc_sha256', 'used_at']).execute()).toEqual(
        [envelope('kept')],
      );
      await other.close();
    });

    it('stands or falls by itself among many that come at the same moment', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 24 }, (_, at) =>
          store.transaction(async (tx) => {
            await tx
              .insertInto('used_envelopes')
              .values(envelope(`e${String(at).padStart(2, '0')}`))
              .execute();
            if (at % 4 === 1) return fail('card-unknown', { cardId: String(at) });
            if (at % 4 === 2) throw new Error(`a bug in ${at}`);
            return ok(at);
          }),
        ),
      );
      const kept = outcomes.flatMap((each, at) => {
        if (at % 4 === 2) {
          expect(each).toMatchObject({ status: 'rejected', reason: { message: `a bug in ${at}` } });
          return [];
        }
        if (at % 4 === 1) {
          expect(each).toMatchObject({ value: fail('card-unknown', { cardId: String(at) }) });
          return [];
        }
        expect(each).toEqual({ status: 'fulfilled', value: ok(at) });
        return [`e${String(at).padStart(2, '0')}`];
      });
      expect((await envelopes()).sort()).toEqual(kept);
    });

    it('keeps nothing of a statement that failed half way, and all of the others', async () => {
      await store.db.insertInto('used_envelopes').values(envelope('taken')).execute();
      const insert = (...names: string[]) =>
        store.transaction(async (tx) => {
          await insertOrFail(tx, 'used_envelopes').values(names.map(envelope)).execute();
          return ok();
        });
      const outcomes = await Promise.allSettled([
        insert('before'),
        insert('first half', 'taken', 'second half'),
        insert('after'),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      await expect(insert('alone', 'taken')).rejects.toThrow();
      expect((await envelopes()).sort()).toEqual(['after', 'before', 'taken']);
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

  describe('a statement compiled once', () => {
    const insert = statement<{ readonly enc: string; readonly at: string }>((db, rows) =>
      db.insertInto('used_envelopes').values(rows.map(({ enc, at }) => ({ enc_sha256: enc, used_at: at }))),
    );
    const insertKey = statement<{ readonly key: string; readonly card: string }>((db, rows) =>
      db
        .insertInto('card_keys')
        .values(rows.map(({ key, card }) => ({ public_key_sha256: key, card_id: card, since: now }))),
    );
    const touch = statement<{ readonly enc: string; readonly at: string }, { enc_sha256: string }>(
      (_db, rows) => sql<{ enc_sha256: string }>`
        with touched (enc, at) as (values ${sql.join(rows.map(({ enc, at }) => sql`(${enc}, ${at})`))})
        update used_envelopes set used_at = at from touched where enc_sha256 = enc returning enc_sha256`,
    );
    const all = () =>
      store.db.selectFrom('used_envelopes').select(['enc_sha256', 'used_at']).orderBy('enc_sha256').execute();

    it('runs with the values of each time, for any number of rows', async () => {
      for (const rows of [
        [['a', '1']],
        [
          ['b', '2'],
          ['c', '3'],
        ],
        [['d', '4']],
        [
          ['e', '5'],
          ['f', '6'],
        ],
      ])
        await insert(
          store.db,
          rows.map(([enc = '', at = '']) => ({ enc, at })),
        );
      expect(await all()).toEqual(
        ['a1', 'b2', 'c3', 'd4', 'e5', 'f6'].map(([enc, at]) => ({ enc_sha256: enc, used_at: at })),
      );
    });

    it('runs together with others, each with its own values, and stands or falls with them', async () => {
      await insert(store.db, [
        { enc: 'a', at: '1' },
        { enc: 'b', at: '2' },
      ]);
      const run = (tx: Database, keys: readonly string[], at: string) =>
        runTogether(
          tx,
          [
            insertKey.with(
              tx,
              keys.map((key) => ({ key, card: `card of ${key}` })),
            ),
            insert.with(tx, [{ enc: `with ${at}`, at }]),
          ],
          touch.with(tx, [
            { enc: 'b', at },
            { enc: 'not there', at },
          ]),
        );
      for (const [keys, at] of [
        [['k1', 'k2'], '7'],
        [['k3'], '8'],
      ] as const)
        expect(await store.transaction(async (tx) => ok(await run(tx, keys, at)))).toEqual(
          ok([{ enc_sha256: 'b' }]),
        );
      await expect(store.transaction(async (tx) => ok(await run(tx, ['k1'], '9')))).rejects.toThrow();
      expect(await all()).toEqual([
        { enc_sha256: 'a', used_at: '1' },
        { enc_sha256: 'b', used_at: '8' },
        { enc_sha256: 'with 7', used_at: '7' },
        { enc_sha256: 'with 8', used_at: '8' },
      ]);
      const keys = await store.db.selectFrom('card_keys').selectAll().orderBy('card_id').execute();
      expect(keys.map((each) => [each.public_key_sha256, each.card_id])).toEqual(
        ['k1', 'k2', 'k3'].map((key) => [key, `card of ${key}`]),
      );
    });
  });

  describe('what goes with the commit', () => {
    const insert = statement<{ readonly enc: string; readonly at: string }>((db, rows) =>
      db.insertInto('used_envelopes').values(rows.map(({ enc, at }) => ({ enc_sha256: enc, used_at: at }))),
    );
    const touch = statement<{ readonly enc: string; readonly at: string }, { enc_sha256: string }>(
      (_db, rows) => sql<{ enc_sha256: string }>`
        with touched (enc, at) as (values ${sql.join(rows.map(({ enc, at }) => sql`(${enc}, ${at})`))})
        update used_envelopes set used_at = at from touched where enc_sha256 = enc returning enc_sha256`,
    );
    const all = async () =>
      (await store.db.selectFrom('used_envelopes').selectAll().orderBy('enc_sha256').execute()).map(
        (each) => `${each.enc_sha256}${each.used_at}`,
      );
    const change = (tx: Parameters<typeof runWithCommit>[0], enc: string, touched: number, added: string) =>
      runWithCommit(
        tx,
        [insert.with(tx, [{ enc: added, at: '0' }])],
        touch.with(tx, [{ enc, at: '2' }]),
        touched,
      );

    beforeEach(async () => {
      await insert(store.db, [
        { enc: 'a', at: '1' },
        { enc: 'b', at: '1' },
      ]);
    });

    it('is there once the transaction has ended well, also where nothing went before it', async () => {
      const done = await store.transaction(async (tx) => {
        await change(tx, 'a', 1, 'c');
        return ok('done');
      }, 'snapshot');
      expect(done).toEqual(ok('done'));
      expect(await all()).toEqual(['a2', 'b1', 'c0']);
    });

    it('undoes the whole where it touches another number of rows, or one of its statements fails', async () => {
      for (const [enc, touched, added] of [
        ['a', 2, 'c'],
        ['not there', 1, 'c'],
        ['a', 1, 'b'],
      ] as const) {
        const failed = store.transaction(async (tx) => {
          await tx.insertInto('used_envelopes').values(envelope('before')).execute();
          await change(tx, enc, touched, added);
          return ok();
        }, 'snapshot');
        await expect(failed).rejects.toThrow();
        expect(await all()).toEqual(['a1', 'b1']);
      }
    });

    it('is undone with the transaction that is refused after all', async () => {
      const refusal = fail('card-unknown', { cardId: 'CW' });
      const refused = await store.transaction(async (tx) => {
        await change(tx, 'a', 1, 'c');
        return refusal;
      }, 'snapshot');
      expect(refused).toEqual(refusal);
      expect(await all()).toEqual(['a1', 'b1']);
      // The connection is as good as before.
      const next = await store.transaction(async (tx) => {
        await change(tx, 'b', 1, 'c');
        return ok();
      }, 'snapshot');
      expect(next).toEqual(ok());
      expect(await all()).toEqual(['a1', 'b2', 'c0']);
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

  describe('rows whose time is over', () => {
    const soon = new Date('2026-11-20T12:00:00.000Z');
    const challenge = (challenge_id: string, expires_at: string) => ({
      challenge_id,
      card_id: 'CW',
      nonce: '',
      expires_at,
      used_at: null,
    });
    const left = async () =>
      (await store.db.selectFrom('challenges').select('challenge_id').orderBy('challenge_id').execute()).map(
        (each) => each.challenge_id,
      );

    it('are swept a slice at a time, until none is left, and nothing else is touched', async () => {
      const over = '2026-11-20T00:00:00.000Z';
      const good = '2026-11-20T12:05:00.000Z';
      const names = Array.from({ length: 23 }, (_, at) => `c${String(at).padStart(2, '0')}`);
      for (const [at, name] of names.entries())
        await store.db
          .insertInto('challenges')
          .values(challenge(name, at % 3 === 0 ? good : over))
          .execute();
      const fresh = names.filter((_, at) => at % 3 === 0);
      const sweep = openSweep(store.db, 5);
      const counts: number[] = [];
      for (let turn = 0; turn < 5; turn += 1) counts.push((await sweep.round(soon)).get('challenges') ?? 0);
      // Bounded: never more than the slice.
      expect(Math.max(...counts)).toBeLessThanOrEqual(5);
      expect(counts.reduce((sum, each) => sum + each)).toBe(names.length - fresh.length);
      expect(await left()).toEqual(fresh);
      // It begins again at the beginning: what expires later goes later.
      const later = new Date('2026-11-21T12:00:00.000Z');
      for (let turn = 0; turn < 3; turn += 1) await sweep.round(later);
      expect(await left()).toEqual([]);
    });

    it('are swept by two processes at once, each row once, also where a key has two parts', async () => {
      const other = await under.openAgain();
      for (const station of ['station-a', 'station-b'])
        for (let at = 0; at < 40; at += 1)
          await store.db
            .insertInto('idempotency')
            .values({
              station_id: station,
              idempotency_key: `key-${String(at).padStart(3, '0')}`,
              request_sha256: '',
              answer: '',
              created_at: at < 30 ? '2026-09-01T00:00:00.000Z' : '2026-11-19T00:00:00.000Z',
            })
            .execute();
      const sweeps = [openSweep(store.db, 7), openSweep(other.db, 11)];
      let swept = 0;
      for (let turn = 0; turn < 13; turn += 1)
        for (const round of await Promise.all(sweeps.map((each) => each.round(soon))))
          swept += round.get('idempotency') ?? 0;
      expect(swept).toBe(60);
      const { count } = await store.db
        .selectFrom('idempotency')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow();
      expect(count).toBe(20);
      await other.close();
    });

    it('are all of tables and columns that are there', async () => {
      const tables = await store.db.introspection.getTables();
      for (const each of expiring) {
        const columns = tables.find(({ name }) => name === each.table)?.columns.map(({ name }) => name);
        expect(columns).toEqual(expect.arrayContaining([...each.key, each.time]));
      }
      await openSweep(store.db).round(soon);
    });
  });

  describe('notifications', () => {
    let at: Date;
    const house = (of: Store) => ({
      store: of,
      clock: () => at,
      log: pino({ level: 'silent' }),
      metrics: openMetrics(),
    });
    const actor = (minute: number): Actor => ({
      stationId: 'station-1',
      officerId: 'teller-1',
      requestId: `request-${minute}`,
      at: new Date(Date.parse(now) + minute * 60_000),
    });
    const card = (cardId: string) => ({ card_id: cardId, customer_id: 'C-1' });
    const waiting = async () => (await store.db.selectFrom('outbox').select('card_id').execute()).length;
    beforeEach(() => {
      at = new Date('2026-11-20T12:00:00.000Z');
    });

    it('are there with the move they tell of, and not without it', async () => {
      const refused = await store.transaction(async (tx) => {
        await notifyOfCard(tx, card('CW-1'), 'verified', 'registered', actor(1), 'proven');
        return fail('card-unknown');
      });
      expect(refused.ok).toBe(false);
      expect(await waiting()).toBe(0);
      await store.transaction(async (tx) => {
        await notifyOfCard(tx, card('CW-1'), 'verified', 'registered', actor(1), 'proven');
        await notifyOfCard(tx, card('CW-1'), 'registered', 'delivered', actor(2), 'handed over');
        await notifyOfCard(tx, card('CW-1'), 'active', 'suspended', actor(3), 'missing');
        await notifyOfRegistration(tx, card('CW-1'), 'void', actor(4), 'ten-failed-logins');
        await notifyOfCard(tx, card('CW-1'), 'reserved', 'keyed', actor(5), 'nobody is told');
        return ok();
      });
      const told: Notification[] = [];
      expect(
        await dispatchNotifications(house(store), async (message) => {
          told.push(message);
          return undefined;
        }),
      ).toBe(4);
      expect(told.map(({ kind }) => kind)).toEqual([
        'card-registered',
        'card-handed-over',
        'card-suspended',
        'registration-voided',
      ]);
      expect(told[0]).toMatchObject({ cardId: 'CW-1', customerId: 'C-1', requestId: 'request-1' });
      expect(await waiting()).toBe(0);
    });

    it('go to one of two processes that look at the same moment', async () => {
      const other = await under.openAgain();
      for (let each = 0; each < 30; each += 1)
        await notifyOfCard(store.db, card(`CW-${each}`), 'verified', 'registered', actor(each), '');
      const told: string[] = [];
      const tell = async ({ cardId }: Notification) => {
        told.push(cardId);
        return undefined;
      };
      await Promise.all([store, other, store, other].map((each) => dispatchNotifications(house(each), tell)));
      await dispatchNotifications(house(store), tell);
      expect(told).toHaveLength(30);
      expect(new Set(told).size).toBe(30);
      await other.close();
    });

    it('are brought again, later and later, and in order, until they are taken', async () => {
      await notifyOfCard(store.db, card('CW-1'), 'verified', 'registered', actor(1), '');
      await notifyOfCard(store.db, card('CW-1'), 'registered', 'delivered', actor(2), '');
      const told: string[] = [];
      let open = false;
      const tell = async ({ kind }: Notification) => {
        told.push(kind);
        return open ? undefined : 'status 503';
      };
      expect(await dispatchNotifications(house(store), tell)).toBe(2);
      expect(told).toEqual(['card-registered']); // what comes after it waits with it
      expect(await dispatchNotifications(house(store), tell)).toBe(0);
      at = new Date(at.getTime() + 2_001);
      await dispatchNotifications(house(store), tell);
      at = new Date(at.getTime() + 3_000);
      expect(await dispatchNotifications(house(store), tell)).toBe(0);
      at = new Date(at.getTime() + 1_001);
      open = true;
      await dispatchNotifications(house(store), tell);
      expect(told).toEqual(['card-registered', 'card-registered', 'card-registered', 'card-handed-over']);
      expect(await waiting()).toBe(0);
    });

    it('of a process that died with them in hand are brought by another, when its time is over', async () => {
      await notifyOfCard(store.db, card('CW-1'), 'verified', 'registered', actor(1), '');
      const dead = await dispatchNotifications(house(store), () => {
        throw new Error('killed');
      }).catch(() => 'dead');
      expect(dead).toBe('dead');
      const told: string[] = [];
      const tell = async ({ notificationId }: Notification) => {
        told.push(notificationId);
        return undefined;
      };
      expect(await dispatchNotifications(house(store), tell)).toBe(0);
      at = new Date(at.getTime() + 61_000);
      expect(await dispatchNotifications(house(store), tell)).toBe(1);
      expect(told).toHaveLength(1);
    });
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

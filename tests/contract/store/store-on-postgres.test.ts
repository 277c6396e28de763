import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { openPostgresStore } from '../../../electron/bank-server/store/postgres/open-postgres-store.ts';
import { storeFault } from '../../../electron/bank-server/store/store-fault.ts';
import { schemaVersion } from '../../../electron/bank-server/store/schema.ts';
import { runWithCommit } from '../../../electron/bank-server/store/statement.ts';
import type { Store } from '../../../electron/bank-server/store/store.ts';
import { fail, ok } from '../../../electron/shared/result/index.ts';
import { startPostgres } from '../../harness/start-postgres.ts';
import { sequencesOf, storeSuite } from './store-suite.ts';

const postgres = await startPostgres();
if ('skipped' in postgres) {
  it.skip(`the store on PostgreSQL: ${postgres.skipped}`, () => {});
} else {
  const opened = async (url: string, onRetry: () => void = () => {}): Promise<Store> => {
    const result = await openPostgresStore({ url, now: new Date(), onRetry });
    if (!result.ok) throw new Error(JSON.stringify(result.fault));
    return result.value;
  };

  // Stopping a server waits for its last checkpoint, and these disks are shared.
  afterAll(() => postgres.stop(), 60_000);

  describe('the store on PostgreSQL', () => {
    storeSuite(async () => {
      let url = await postgres.newDatabase();
      return {
        open: async () => {
          url = await postgres.newDatabase();
          return opened(url);
        },
        openAgain: () => opened(url),
        close: () => Promise.resolve(),
      };
    });

    it('runs a transaction again that the database refused with 40001, and loses nothing', async () => {
      let retries = 0;
      const store = await opened(await postgres.newDatabase(), () => (retries += 1));
      for (const enc_sha256 of ['left', 'right'])
        await store.db.insertInto('used_envelopes').values({ enc_sha256, used_at: '0' }).execute();

      // Each reads both rows and writes one: neither order explains what both read, so one must go again.
      let first = 2;
      let bothRead: () => void = () => {};
      const meeting = new Promise<void>((resolve) => (bothRead = resolve));
      let runs = 0;
      const add = (mine: string) =>
        store.transaction(async (tx) => {
          runs += 1;
          const rows = await tx.selectFrom('used_envelopes').select('used_at').execute();
          const sum = rows.reduce((total, row) => total + Number(row.used_at), 0);
          first -= 1;
          if (first === 0) bothRead();
          await meeting;
          await tx
            .updateTable('used_envelopes')
            .set({ used_at: String(sum + 1) })
            .where('enc_sha256', '=', mine)
            .execute();
          return ok();
        });
      expect(await Promise.all([add('left'), add('right')])).toEqual([ok(), ok()]);
      expect(runs).toBeGreaterThan(2);
      expect(retries).toBe(runs - 2);
      // One after the other: 1, then 1 + 1. Side by side both would have written 1.
      const rows = await store.db.selectFrom('used_envelopes').select('used_at').execute();
      expect(rows.map((row) => row.used_at).sort()).toEqual(['1', '2']);
      await store.close();
    });

    it('meets another one under a snapshot only where both write the same row', async () => {
      let retries = 0;
      const store = await opened(await postgres.newDatabase(), () => (retries += 1));
      for (const enc_sha256 of ['left', 'right'])
        await store.db.insertInto('used_envelopes').values({ enc_sha256, used_at: '0' }).execute();
      const both = async (rows: readonly [string, string]) => {
        let first = 2;
        let bothRead: () => void = () => {};
        const meeting = new Promise<void>((resolve) => (bothRead = resolve));
        const add = (mine: string) =>
          store.transaction(async (tx) => {
            const all = await tx.selectFrom('used_envelopes').select(['enc_sha256', 'used_at']).execute();
            const before = Number(all.find(({ enc_sha256 }) => enc_sha256 === mine)!.used_at);
            first -= 1;
            if (first === 0) bothRead();
            await meeting;
            await tx
              .updateTable('used_envelopes')
              .set({ used_at: String(before + 1) })
              .where('enc_sha256', '=', mine)
              .execute();
            return ok();
          }, 'snapshot');
        await Promise.all(rows.map(add));
      };
      await both(['left', 'right']);
      expect(retries).toBe(0);
      await both(['left', 'left']);
      expect(retries).toBe(1);
      const rows = await store.db.selectFrom('used_envelopes').select('used_at').execute();
      expect(rows.map((row) => row.used_at).sort()).toEqual(['1', '3']); // none was lost
      await store.close();
    });

    it('runs a transaction again that was refused at its commit, with what went with it', async () => {
      let retries = 0;
      const store = await opened(await postgres.newDatabase(), () => (retries += 1));
      await store.db.insertInto('used_envelopes').values({ enc_sha256: 'a', used_at: '0' }).execute();
      let first = 2;
      let bothRead: () => void = () => {};
      const meeting = new Promise<void>((resolve) => (bothRead = resolve));
      const add = () =>
        store.transaction(async (tx) => {
          const { used_at } = await tx.selectFrom('used_envelopes').selectAll().executeTakeFirstOrThrow();
          first -= 1;
          if (first === 0) bothRead();
          await meeting;
          const more = tx
            .updateTable('used_envelopes')
            .set({ used_at: String(Number(used_at) + 1) })
            .returning('enc_sha256');
          await runWithCommit(tx, [], more.compile(), 1);
          return ok();
        }, 'snapshot');
      expect(await Promise.all([add(), add()])).toEqual([ok(), ok()]);
      expect(retries).toBe(1);
      expect(await store.db.selectFrom('used_envelopes').select('used_at').execute()).toEqual([
        { used_at: '2' },
      ]);
      await store.close();
    });

    it('takes nothing behind what goes with the commit', async () => {
      const store = await opened(await postgres.newDatabase());
      const insert = (enc_sha256: string) =>
        store.db.insertInto('used_envelopes').values({ enc_sha256, used_at: '0' }).returning('enc_sha256');
      const late = store.transaction(async (tx) => {
        await runWithCommit(tx, [], insert('a').compile(), 1);
        await tx.selectFrom('used_envelopes').selectAll().execute();
        return ok();
      });
      await expect(late).rejects.toThrow('behind the last one');
      expect(await store.db.selectFrom('used_envelopes').selectAll().execute()).toEqual([]);
      await store.close();
    });

    it('has no sequence, no identity column and no default: every key comes with its row', async () => {
      const store = await opened(await postgres.newDatabase());
      expect(await sequencesOf(store.db)).toEqual([]);
      await store.close();
    });

    it('is made by one of several processes that start together', async () => {
      const url = await postgres.newDatabase();
      const stores = await Promise.all([opened(url), opened(url), opened(url)]);
      const versions = await stores[0].db.selectFrom('schema_versions').select('version').execute();
      expect(versions).toHaveLength(schemaVersion());
      await Promise.all(stores.map((store) => store.close()));
    });

    it('is refused by name when it is another program’s, unreachable or locked with another password', async () => {
      const url = await postgres.newDatabase();
      const store = await opened(url);
      await store.db.schema.dropTable('schema_versions').execute();
      await store.close();
      const refusal = async (at: string) => openPostgresStore({ url: at, now: new Date() });
      expect(await refusal(url)).toEqual(fail('database-damaged', { where: 'bank', reason: 'schema' }));
      expect(await refusal('postgres://bank:bank@127.0.0.1:1/none')).toEqual(
        fail('database-locked', { where: 'bank', reason: 'unreachable' }),
      );
      expect(await refusal(url.replace('bank:bank@', 'bank:wrong@'))).toEqual(
        fail('bank-setup-invalid', { file: 'database', code: '28P01' }),
      );
    });

    it('outlives the loss of its connections', async () => {
      const url = await postgres.newDatabase();
      const store = await opened(url);
      const killer = await opened(url);
      await store.db.selectFrom('settings').selectAll().execute();
      const cut = store.transaction(async (tx) => {
        await tx.insertInto('settings').values({ name: 'set-up', value: 'never' }).execute();
        await sql`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`.execute(killer.db);
        await wait(50);
        await tx.insertInto('settings').values({ name: 'api-port', value: 'never' }).execute();
        return ok();
      });
      const error: unknown = await cut.catch((caught: unknown) => caught);
      expect(storeFault(error)).toEqual(fail('database-locked', { where: 'bank', reason: 'unreachable' }));
      expect(await store.db.selectFrom('settings').selectAll().execute()).toEqual([]);
      await Promise.all([store.close(), killer.close()]);
    });
  });
}

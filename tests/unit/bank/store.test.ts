import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore, storeFault } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../../electron/bank-server/store/store.ts';
import { fail, ok } from '../../../electron/shared/result/index.ts';

let folder: string;
let store: Store;

const openStore = async (): Promise<Store> => {
  const opened = await openSqliteStore(join(folder, 'bank.sqlite'), new Date());
  if (!opened.ok) throw new Error(opened.fault.code);
  return opened.value;
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cardwright-store-'));
  store = await openStore();
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const envelope = (enc: string) => ({ enc_sha256: enc, used_at: '2026-11-20T00:00:00.000Z' });
const envelopes = async () =>
  (await store.db.selectFrom('used_envelopes').select('enc_sha256').execute()).map((each) => each.enc_sha256);

describe('the store', () => {
  it('loses nothing with the power: WAL, and every commit flushed', async () => {
    const pragma = async (name: string) =>
      Object.values(
        (await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(store.db)).rows[0]!,
      )[0];
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2);
  });

  it('undoes everything when the work is refused or throws', async () => {
    const refused = await store.transaction(async (tx) => {
      await tx.insertInto('used_envelopes').values(envelope('a')).execute();
      return fail('card-unknown', { cardId: 'CW' });
    });
    expect(refused).toEqual(fail('card-unknown', { cardId: 'CW' }));
    await expect(
      store.transaction(async (tx) => {
        await tx.insertInto('used_envelopes').values(envelope('b')).execute();
        throw new Error('a bug');
      }),
    ).rejects.toThrow('a bug');
    expect(await envelopes()).toEqual([]);
    await store.transaction(async (tx) => {
      await tx.insertInto('used_envelopes').values(envelope('c')).execute();
      return ok();
    });
    expect(await envelopes()).toEqual(['c']);
  });

  it('knows a value that must be unique', async () => {
    await store.db.insertInto('used_envelopes').values(envelope('a')).execute();
    const again = store.db.insertInto('used_envelopes').values(envelope('a')).execute();
    const error: unknown = await again.catch((caught: unknown) => caught);
    expect(store.isUniqueViolation(error)).toBe(true);
    expect(store.isUniqueViolation(new Error('another'))).toBe(false);
  });

  it('says that the disk is full, keeps what was acknowledged and goes on when there is room', async () => {
    await sql`pragma max_page_count = 70`.execute(store.db);
    const acknowledged: string[] = [];
    let full: unknown;
    for (let n = 0; n < 400 && full === undefined; n += 1) {
      const enc = `${String(n)}-${'x'.repeat(900)}`;
      const written = await store
        .transaction(async (tx) => {
          await tx.insertInto('used_envelopes').values(envelope(enc)).execute();
          return ok();
        })
        .catch((error: unknown) => {
          full = error;
        });
      if (written) acknowledged.push(enc);
    }
    expect(storeFault(full)).toEqual(fail('storage-full', { where: 'bank' }));
    expect(acknowledged.length).toBeGreaterThan(3);
    expect((await envelopes()).sort()).toEqual(acknowledged.sort());
    await store.close();
    store = await openStore();
    await store.db.insertInto('used_envelopes').values(envelope('room again')).execute();
    expect(await envelopes()).toHaveLength(acknowledged.length + 1);
  });
});

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrateBack } from '../../../electron/bank-server/store/schema.ts';
import { openSqliteStore } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../../electron/bank-server/store/store.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

let bank: TestBank;
beforeAll(async () => {
  bank = await startBank();
});
afterAll(() => bank.stop());

const withStore = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
  const store = await openSqliteStore(join(bank.dataFolder, 'bank.sqlite'), bank.now());
  if (!store.ok) throw new Error(store.fault.code);
  const done = await work(store.value);
  await store.value.close();
  return done;
};

const balances = () =>
  withStore(async ({ db }) => {
    const rows = await db
      .selectFrom('ledger_accounts')
      .select(['account_number', 'balance'])
      .where('kind', '=', 'customer')
      .orderBy('account_number')
      .execute();
    return rows.map(({ account_number, balance }) => [account_number, balance]);
  });

const openings = () =>
  bank.customers
    .flatMap(({ accounts, balances: each }) =>
      accounts.map(({ number }, at) => [number.replaceAll(' ', ''), each[at]]),
    )
    .sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));

it('opens its books with the balance of every account, and again at no later start', async () => {
  expect(await balances()).toEqual(openings());
  await bank.restart();
  expect(await balances()).toEqual(openings());
});

it('that kept no books yet gets them, with their keys, at its next start', async () => {
  await bank.server.stop();
  await withStore(async (store) => {
    await migrateBack(store.db, 2);
    await store.db.deleteFrom('settings').where('name', '=', 'books').execute();
  });
  for (const key of ['receipts.key.pem', 'at-rest.secret']) rmSync(join(bank.dataFolder, 'keys', key));
  await bank.restart();
  expect(await balances()).toEqual(openings());
});

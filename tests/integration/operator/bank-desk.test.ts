import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { secretHashes } from '../../../electron/bank-server/authentication/secret-hashes.ts';
import {
  admitOperator,
  nextSeed,
  nodePrimitives,
  openOperatorDesk,
  type OperatorDesk,
} from '../../../electron/bank-server/operator/index.ts';
import { openSqliteStore } from '../../../electron/bank-server/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../../electron/bank-server/store/store.ts';
import {
  admitTrainingCustomers,
  prepareTrainingCustomers,
} from '../../../electron/bank-server/training/admit-training-customers.ts';
import {
  trainingCustomers,
  trainingSecrets,
} from '../../../electron/bank-server/training/training-customers.ts';
import { bringAccountsIntoLedger } from '../../../electron/bank-server/open-books.ts';
import {
  openLedger,
  receiptSigner,
  type LedgerTables,
} from '../../../electron/bank-server/transactions/index.ts';
import { ownCoreBanking } from '../../../electron/bank-server/core-banking/own-core-banking.ts';
import { atRest } from '../../../electron/shared/codec/operator-keys/index.ts';
import { fail, ok } from '../../../electron/shared/result/index.ts';
import { silent, valueOf } from '../../unit/operator/world.ts';

/** The bank's own store and customers, in the place of the invented ones. */
describe("the operators' room in the real bank", () => {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-desk-'));
  let store: Store;
  let desk: OperatorDesk;

  beforeAll(async () => {
    store = valueOf(await openSqliteStore(join(folder, 'bank.sqlite'), new Date()));
    const hashes = secretHashes(randomBytes(32));
    const rows = await prepareTrainingCustomers(hashes);
    await store.transaction(async (tx) => {
      await admitTrainingCustomers(tx, rows);
      return ok();
    });
    const clock = () => new Date();
    const receiptKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    desk = openOperatorDesk(
      {
        identity: { bankId: 'bank-1', bankName: '青屿银行', bankNameLatin: 'Qingyu Bank' },
        store,
        coreBanking: ownCoreBanking(store, hashes),
        atRest: atRest(nodePrimitives(), randomBytes(32)),
        ledger: openLedger({
          db: store.db.$pickTables<keyof LedgerTables>(),
          bankId: 'bank-1',
          signer: receiptSigner(receiptKey),
          clock,
        }),
        clock,
        log: silent,
      },
      { send: async () => fail('operator-unreachable') },
    );
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const digits = (text: string) => text.replaceAll(' ', '');
  const [li, wang] = trainingCustomers;

  it('knows customers by phone and accounts by number, however they are written down', async () => {
    expect(await desk.customers.findByPhone(digits(li!.phone))).toEqual({
      customerId: li!.customerId,
      blocked: false,
    });
    expect(await desk.customers.findByPhone('+8613999999999')).toBeUndefined();
    const blocked = trainingCustomers.find((each) => each.blocked)!;
    expect(await desk.customers.findByPhone(digits(blocked.phone))).toMatchObject({ blocked: true });
    expect(await desk.customers.findAccount(digits(li!.accounts[0]!.number))).toEqual({
      customerId: li!.customerId,
      name: li!.name,
      currency: 'CNY',
    });
    expect(await desk.customers.findAccount('1234567890')).toBeUndefined();
  });

  it('binds a number that two customers gave to neither', async () => {
    const row = () => store.db.updateTable('customers').where('customer_id', '=', wang!.customerId);
    await row().set({ phone: li!.phone }).execute();
    expect(await desk.customers.findByPhone(digits(li!.phone))).toBeUndefined();
    await row().set({ phone: wang!.phone }).execute();
    expect(await desk.customers.findByPhone(digits(wang!.phone))).toBeDefined();
  });

  it('counts wrong PINs with the counter, blocks at the third and forgets at a right one', async () => {
    const account = digits(li!.accounts[0]!.number);
    const right = trainingSecrets[li!.customerId]!.accountPin;
    const tried = async (pin: string) => {
      const checked = await desk.customers.checkPin(account, pin);
      return checked.ok ? 'right' : `${checked.fault.code} ${String(checked.fault.data.triesLeft)}`;
    };
    expect(await tried('000000')).toBe('account-pin-wrong 2');
    expect(await tried('000001')).toBe('account-pin-wrong 1');
    expect(await tried(right)).toBe('right');
    expect(await tried('000000')).toBe('account-pin-wrong 2');
    expect(await tried('000000')).toBe('account-pin-wrong 1');
    expect(await tried('000000')).toBe('account-pin-blocked 0');
    expect(await tried(right)).toBe('account-pin-blocked 0');
    const row = await store.db
      .selectFrom('accounts')
      .select(['pin_blocked', 'pin_failures'])
      .where('account_number', '=', li!.accounts[0]!.number)
      .executeTakeFirst();
    expect(row).toEqual({ pin_blocked: 1, pin_failures: 3 });
    expect(await desk.customers.checkPin('1234567890', right)).toMatchObject({
      fault: { code: 'account-pin-blocked' },
    });
  });

  it('brings every account into the ledger, once', async () => {
    for (let times = 0; times < 2; times++)
      expect(await bringAccountsIntoLedger({ store, ledger: desk.ledger, clock: desk.clock })).toEqual(ok());
    expect(await desk.ledger.balance(digits(li!.accounts[0]!.number))).toMatchObject({
      value: { balance: li!.balances[0] },
    });
    expect(await desk.ledger.verify()).toEqual([]);
  });

  it('keeps its tables in the same database', async () => {
    valueOf(
      await admitOperator(desk, {
        operatorId: 'operator-1',
        name: '远帆移动',
        form: 'symmetric',
        staticKey: randomBytes(32),
        certificateSha256: 'ab'.repeat(32),
        keyChannel: 'https://operator.invalid',
      }),
    );
    expect(await nextSeed(desk, 'operator-1')).toEqual({ ok: true, value: { epoch: 1, part: 1 } });
    expect(await nextSeed(desk, 'operator-2')).toEqual(fail('operator-unknown'));
  });
});

import { generateKeyPairSync } from 'node:crypto';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createLedgerTables,
  dropLedgerTables,
  openLedger,
  receiptSigner,
  verifyReceipt,
  type Ledger,
  type LedgerTables,
  type NewLedgerAccount,
  type TransferOrder,
} from '../../../electron/bank-server/transactions/index.ts';
import { seededRandom } from './seeded-random.ts';

export interface LedgerDatabase {
  readonly db: Kysely<LedgerTables>;
  close(): Promise<void>;
}

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const account = (accountNumber: string, more: Partial<NewLedgerAccount> = {}): NewLedgerAccount => ({
  accountNumber,
  currency: 'CNY',
  openingBalance: 100_00,
  floor: 0,
  transferLimit: null,
  dayLimit: null,
  ...more,
});

const order = (idempotencyKey: string, more: Partial<TransferOrder> = {}): TransferOrder => ({
  idempotencyKey,
  payer: 'A',
  payee: 'B',
  amount: 10_00,
  currency: 'CNY',
  memo: '',
  ...more,
});

/** What every database must do for the ledger. */
export const ledgerSuite = (open: () => Promise<LedgerDatabase>): void => {
  let database: LedgerDatabase;
  let ledger: Ledger;
  let now: Date;

  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());

  beforeEach(async () => {
    now = new Date('2026-03-04T05:06:07.890Z');
    const plain = database.db as Kysely<unknown>;
    await dropLedgerTables(plain).catch(() => {});
    await createLedgerTables(plain);
    ledger = openLedger({
      db: database.db,
      bankId: 'bank-1',
      signer: receiptSigner(privateKey),
      clock: () => now,
    });
    await ledger.open(account('A'));
    await ledger.open(account('B'));
    now = new Date('2026-03-04T05:06:08.000Z');
  });

  const balance = async (number: string): Promise<number> => {
    const found = await ledger.balance(number);
    return found.ok ? found.value.balance : Number.NaN;
  };

  describe('a transfer', () => {
    it('moves the money, signs a receipt and appears in both histories', async () => {
      const done = await ledger.transfer(order('k1', { memo: '房租' }));
      if (!done.ok) throw new Error(done.fault.code);
      expect([await balance('A'), await balance('B')]).toEqual([90_00, 110_00]);
      expect(done.value).toMatchObject({
        payer: 'A',
        payee: 'B',
        amount: 10_00,
        memo: '房租',
        bankId: 'bank-1',
      });
      expect(done.value.receiptNumber).toMatch(/^T20260304-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
      expect(verifyReceipt(publicKey, done.value)).toBe(true);
      const [out, opening] = await historyOf('A');
      expect(out).toMatchObject({ amount: -10_00, counterpart: 'B', memo: '房租' });
      expect(opening).toMatchObject({ amount: 100_00, counterpart: undefined });
      expect((await historyOf('B'))[0]).toMatchObject({ amount: 10_00, counterpart: 'A' });
      expect(await ledger.verify()).toEqual([]);
    });

    it('has a receipt that covers every field', async () => {
      const done = await ledger.transfer(order('k1'));
      if (!done.ok) throw new Error(done.fault.code);
      for (const [field, value] of Object.entries(done.value)) {
        if (field === 'signature') continue;
        const changed = {
          ...done.value,
          [field]: typeof value === 'number' ? value + 1 : `${String(value)}1`,
        };
        expect(verifyReceipt(publicKey, changed), field).toBe(false);
      }
      const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
      expect(verifyReceipt(other, done.value)).toBe(false);
    });

    it('is booked once, however often it is sent', async () => {
      const first = await ledger.transfer(order('k1'));
      now = new Date('2026-03-05T00:00:00Z');
      expect(await ledger.transfer(order('k1'))).toEqual(first);
      expect(await balance('A')).toBe(90_00);
      const others = await Promise.all(Array.from({ length: 8 }, () => ledger.transfer(order('k2'))));
      expect(new Set(others.map((each) => JSON.stringify(each))).size).toBe(1);
      expect(await balance('A')).toBe(80_00);
      expect(await ledger.verify()).toEqual([]);
    });

    it.each([
      { amount: 11_00 },
      { payee: 'C' },
      { payer: 'B', payee: 'A' },
      { memo: 'x' },
      { currency: 'EUR' },
    ])('under a key that was used for another order is a conflict: %o', async (more) => {
      await ledger.open(account('C'));
      await ledger.transfer(order('k1'));
      expect(await ledger.transfer(order('k1', more))).toMatchObject({
        fault: { code: 'idempotency-conflict' },
      });
      expect(await balance('A')).toBe(90_00);
    });

    it.each([
      ['bad-input', { amount: 0 }],
      ['bad-input', { amount: -1 }],
      ['bad-input', { amount: 0.5 }],
      ['bad-input', { amount: Number.NaN }],
      ['bad-input', { amount: 1_000_000_000_001 }],
      ['account-unknown', { payer: 'X' }],
      ['account-unknown', { payee: 'X' }],
      ['account-unknown', { payee: 'bank/opening/CNY' }],
      ['account-unknown', { payer: 'bank/opening/CNY' }],
      ['transfer-not-possible', { payee: 'A' }],
      ['transfer-not-possible', { currency: 'EUR' }],
      ['transfer-not-possible', { payee: 'euro' }],
      ['insufficient-funds', { amount: 100_01 }],
      ['account-closed', { payee: 'closed' }],
      ['account-closed', { payer: 'closed' }],
    ] as const)('is refused with %s for %o, and books nothing', async (code, more) => {
      await ledger.open(account('euro', { currency: 'EUR' }));
      await ledger.open(account('closed', { openingBalance: 0 }));
      await ledger.close('closed');
      expect(await ledger.transfer(order('k1', more))).toMatchObject({ fault: { code } });
      expect(await ledger.quote(order('k1', more))).toMatchObject({ fault: { code } });
      expect([await balance('A'), await balance('B')]).toEqual([100_00, 100_00]);
      expect(await ledger.verify()).toEqual([]);
    });

    it('that was refused may succeed later under the same key', async () => {
      expect(await ledger.transfer(order('k1', { amount: 150_00 }))).toMatchObject({ ok: false });
      await ledger.transfer(order('k2', { payer: 'B', payee: 'A', amount: 50_00 }));
      expect(await ledger.transfer(order('k1', { amount: 150_00 }))).toMatchObject({ ok: true });
    });

    it('may go down to the floor and not below', async () => {
      await ledger.open(account('O', { openingBalance: 0, floor: -50_00 }));
      expect(await ledger.transfer(order('k1', { payer: 'O', amount: 50_01 }))).toMatchObject({ ok: false });
      expect(await ledger.transfer(order('k2', { payer: 'O', amount: 50_00 }))).toMatchObject({ ok: true });
      expect(await ledger.transfer(order('k3', { payer: 'O', amount: 1 }))).toMatchObject({
        fault: { code: 'insufficient-funds' },
      });
      expect(await ledger.verify()).toEqual([]);
    });

    it('keeps to the limits of one transfer and of a day in China', async () => {
      await ledger.open(account('L', { openingBalance: 1000_00, transferLimit: 60_00, dayLimit: 100_00 }));
      const from = (key: string, amount: number) => ledger.transfer(order(key, { payer: 'L', amount }));
      now = new Date('2026-03-04T15:59:59.999Z');
      expect(await from('k1', 60_01)).toMatchObject({ fault: { data: { limit: 60_00, kind: 'transfer' } } });
      expect(await from('k2', 60_00)).toMatchObject({ ok: true });
      expect(await from('k3', 40_01)).toMatchObject({
        fault: { code: 'transfer-limit-exceeded', data: { left: 40_00, kind: 'day' } },
      });
      expect(await from('k4', 40_00)).toMatchObject({ ok: true });
      expect(await ledger.balance('L')).toMatchObject({ value: { balance: 900_00, available: 0 } });
      now = new Date('2026-03-04T16:00:00.000Z');
      expect(await ledger.balance('L')).toMatchObject({ value: { balance: 900_00, available: 60_00 } });
      expect(await from('k5', 60_00)).toMatchObject({ ok: true });
    });

    it('cannot pass a limit or the floor by many orders at once', async () => {
      await ledger.open(account('L', { openingBalance: 1000_00, dayLimit: 35_00 }));
      const tries = await Promise.all([
        ...Array.from({ length: 12 }, (_, at) => ledger.transfer(order(`l${at}`, { payer: 'L' }))),
        ...Array.from({ length: 12 }, (_, at) => ledger.transfer(order(`a${at}`, { amount: 9_00 }))),
      ]);
      expect(tries.slice(0, 12).filter((each) => each.ok)).toHaveLength(3);
      expect(tries.slice(12).filter((each) => each.ok)).toHaveLength(11);
      expect([await balance('L'), await balance('A')]).toEqual([970_00, 1_00]);
      expect(await ledger.verify()).toEqual([]);
    });
  });

  describe('an account', () => {
    it('is opened once', async () => {
      expect(await ledger.open(account('A'))).toEqual({ ok: true, value: undefined });
      expect(await ledger.open(account('A', { openingBalance: 1 }))).toMatchObject({
        fault: { code: 'idempotency-conflict' },
      });
      expect(await balance('A')).toBe(100_00);
    });

    it.each([
      { currency: 'yuan' },
      { accountNumber: '' },
      { accountNumber: 'bank/opening/CNY' },
      { openingBalance: -1 },
      { openingBalance: 1.5 },
    ])('is not opened with %o', async (more) => {
      expect(await ledger.open(account('N', more))).toMatchObject({ fault: { code: 'bad-input' } });
    });

    it('is closed when empty only', async () => {
      expect(await ledger.close('A')).toMatchObject({ fault: { data: { reason: 'balance' } } });
      await ledger.transfer(order('k1', { amount: 100_00 }));
      expect(await ledger.close('A')).toMatchObject({ ok: true });
      expect(await ledger.balance('A')).toMatchObject({ value: { balance: 0, available: 0 } });
      expect(await ledger.close('X')).toMatchObject({ fault: { code: 'account-unknown' } });
      expect(await ledger.balance('X')).toMatchObject({ fault: { code: 'account-unknown' } });
    });

    it('gives its history page by page, without a gap, also for the same moment', async () => {
      for (let n = 0; n < 7; n++) await ledger.transfer(order(`k${n}`, { amount: n + 1 }));
      const all = await historyOf('A');
      expect(all).toHaveLength(8);
      const pages: unknown[] = [];
      for (let before: string | undefined; ;) {
        const page = await historyOf('A', 3, before);
        if (page.length === 0) break;
        pages.push(...page);
        before = page.at(-1)?.position;
      }
      expect(pages).toEqual(all);
    });
  });

  const historyOf = async (number: string, count = 50, before?: string) => {
    const page = await ledger.history(number, { count, ...(before === undefined ? {} : { before }) });
    return page.ok ? page.value : [];
  };

  it.each([1, 2, 3])('agrees with a model over random orders, some at once (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    const numbers = ['A', 'B', 'C', 'D', 'E'];
    const floors: Record<string, number> = { A: 0, B: 0, C: 0, D: -80_00, E: 0 };
    await ledger.open(account('C', { openingBalance: 5_00 }));
    await ledger.open(account('D', { openingBalance: 0, floor: -80_00 }));
    await ledger.open(account('E', { openingBalance: 70_00 }));
    const model: Record<string, number> = { A: 100_00, B: 100_00, C: 5_00, D: 0, E: 70_00 };
    const given: TransferOrder[] = [];
    let booked = 0;
    for (let round = 0; round < 40; round++) {
      const orders = Array.from({ length: 1 + random.below(4) }, (_, at): TransferOrder => {
        const again = given[random.below(given.length)];
        if (again && random.below(5) === 0) return again;
        const fresh = order(`${round}/${at}`, {
          payer: random.one(numbers),
          payee: random.one(numbers),
          amount: 1 + random.below(60_00),
        });
        given.push(fresh);
        return fresh;
      });
      const before = { ...model };
      const results = await Promise.all(orders.map((each) => ledger.transfer(each)));
      // Whatever order the database chose: replaying only what it says it did must be possible and equal.
      const receipts = new Map(
        results.flatMap((result) => (result.ok ? [[result.value.transactionId, result.value] as const] : [])),
      );
      for (const receipt of receipts.values()) {
        expect(verifyReceipt(publicKey, receipt)).toBe(true);
        if (seenReceipts.has(receipt.transactionId)) continue;
        seenReceipts.add(receipt.transactionId);
        booked += 1;
        model[receipt.payer]! -= receipt.amount;
        model[receipt.payee]! += receipt.amount;
      }
      for (const number of numbers) {
        expect(await balance(number), `${number} after ${JSON.stringify(before)}`).toBe(model[number]);
        expect(model[number]).toBeGreaterThanOrEqual(floors[number]!);
      }
      expect(await ledger.verify()).toEqual([]);
    }
    expect(booked).toBeGreaterThan(20);
    expect(Object.values(model).reduce((sum, each) => sum + each, 0)).toBe(275_00);
  });
  const seenReceipts = new Set<string>();

  it.each([
    ['sum-not-zero', "update ledger_accounts set balance = balance + 1 where account_number = 'A'"],
    ['balance-differs', "update ledger_accounts set balance = balance + 1 where account_number = 'A'"],
    ['transaction-not-zero', "update ledger_postings set amount = amount + 1 where account_number = 'A'"],
    ['transaction-not-zero', "delete from ledger_postings where account_number = 'A'"],
    ['below-floor', "update ledger_accounts set floor = 999999 where account_number = 'A'"],
  ])('finds %s after: %s', async (kind, statement) => {
    const { sql } = await import('kysely');
    await sql.raw(statement).execute(database.db);
    expect((await ledger.verify()).map((finding) => finding.kind)).toContain(kind);
  });
};

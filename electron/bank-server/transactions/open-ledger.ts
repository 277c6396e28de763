import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { findLedgerFaults } from './find-ledger-faults.ts';
import type { Balance, Ledger, Movement, NewLedgerAccount, Quote, TransferOrder } from './ledger.ts';
import type { LedgerTables } from './ledger-tables.ts';
import { signReceipt, type Receipt, type ReceiptSigner } from './receipt.ts';
import { transact } from './transact.ts';

export interface LedgerOptions {
  readonly db: Kysely<LedgerTables>;
  readonly bankId: string;
  readonly signer: ReceiptSigner;
  readonly clock: () => Date;
}

/** The books on a database whose tables `createLedgerTables` has made. Keeps nothing in memory. */
export const openLedger = ({ db, bankId, signer, clock }: LedgerOptions): Ledger => ({
  open: (account) => transact(db, (tx) => openAccount(tx, account, clock())),

  close: (accountNumber) =>
    transact(db, async (tx) => {
      const account = await findAccount(tx, accountNumber);
      if (!account) return fail('account-unknown');
      const closed = await tx
        .updateTable('ledger_accounts')
        .set({ state: 'closed' })
        .where('account_number', '=', accountNumber)
        .where('balance', '=', 0)
        .executeTakeFirst();
      return closed.numUpdatedRows === 1n ? ok() : fail('transfer-not-possible', { reason: 'balance' });
    }),

  balance: async (accountNumber) => {
    const account = await findAccount(db, accountNumber);
    return account
      ? ok(balanceOf(account, await sentOn(db, accountNumber, businessDay(clock()))))
      : fail('account-unknown');
  },

  quote: async (order) => {
    const parties = await checkOrder(db, order, businessDay(clock()));
    return parties.ok ? ok(quoteOf(order)) : parties;
  },

  transfer: (order) =>
    transact(db, async (tx) => {
      const request = sha256(
        JSON.stringify(['transfer', order.payer, order.payee, order.amount, order.currency, order.memo]),
      );
      const known = await findTransaction(tx, order.idempotencyKey);
      if (known) {
        if (known.request_sha256 !== request || known.receipt === null) return fail('idempotency-conflict');
        return ok(JSON.parse(known.receipt) as Receipt); // written by this file only
      }
      const now = clock();
      const possible = await checkOrder(tx, order, businessDay(now));
      if (!possible.ok) return possible;
      const booked = await book(tx, order, now);
      if (!booked.ok) return booked;
      const transactionId = randomUUID();
      const receipt = await signReceipt(signer, {
        receiptNumber: newReceiptNumber(now),
        bankId,
        transactionId,
        payer: order.payer,
        payee: order.payee,
        amount: order.amount,
        currency: order.currency,
        memo: order.memo,
        bookedAt: now.toISOString(),
      });
      await record(tx, {
        transactionId,
        kind: 'transfer',
        idempotencyKey: order.idempotencyKey,
        request,
        from: order.payer,
        to: order.payee,
        amount: order.amount,
        currency: order.currency,
        memo: order.memo,
        bookedAt: now.toISOString(),
        receipt: JSON.stringify(receipt),
      });
      return ok(receipt);
    }),

  history: async (accountNumber, page) => {
    if (!(await findAccount(db, accountNumber))) return fail('account-unknown');
    return ok(await movementsOf(db, accountNumber, page));
  },

  verify: () => findLedgerFaults(db),
});

type Database = Kysely<LedgerTables>;

/** Days end at midnight in China, where there is no summer time. */
export const businessDay = (at: Date): string =>
  new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);

const isAmount = (amount: number): boolean =>
  Number.isSafeInteger(amount) && amount > 0 && amount <= maxAmount;

/** Far below 2^53, so that no sum of balances can lose a digit. */
const maxAmount = 1_000_000_000_000;

interface Account {
  readonly account_number: string;
  readonly kind: 'customer' | 'bank';
  readonly currency: string;
  readonly state: 'open' | 'closed';
  readonly balance: number;
  readonly floor: number | null;
  readonly transfer_limit: number | null;
  readonly day_limit: number | null;
}

const findAccount = async (db: Database, accountNumber: string): Promise<Account | undefined> => {
  const row = await db
    .selectFrom('ledger_accounts')
    .selectAll()
    .where('account_number', '=', accountNumber)
    .executeTakeFirst();
  const number = (value: number | string | null) => (value === null ? null : Number(value));
  return (
    row && {
      ...row,
      balance: Number(row.balance),
      floor: number(row.floor),
      transfer_limit: number(row.transfer_limit),
      day_limit: number(row.day_limit),
    }
  );
};

const findTransaction = (db: Database, idempotencyKey: string) =>
  db
    .selectFrom('ledger_transactions')
    .select(['request_sha256', 'receipt'])
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirst();

const sentOn = async (db: Database, accountNumber: string, day: string): Promise<number> => {
  const row = await db
    .selectFrom('ledger_days')
    .select('sent')
    .where('account_number', '=', accountNumber)
    .where('day', '=', day)
    .executeTakeFirst();
  return Number(row?.sent ?? 0);
};

const balanceOf = (account: Account, sent: number): Balance => ({
  accountNumber: account.account_number,
  currency: account.currency,
  balance: account.balance,
  available:
    account.state === 'closed'
      ? 0
      : Math.max(
          0,
          Math.min(
            account.balance - (account.floor ?? Number.MIN_SAFE_INTEGER),
            account.transfer_limit ?? maxAmount,
            (account.day_limit ?? maxAmount) - sent,
          ),
        ),
});

const quoteOf = (order: Omit<TransferOrder, 'idempotencyKey'>): Quote => ({
  amount: order.amount,
  fee: 0,
  currency: order.currency,
});

/** Everything that can be said before booking, in the order in which a customer can do something about it. */
const checkOrder = async (
  db: Database,
  order: Omit<TransferOrder, 'idempotencyKey'>,
  day: string,
): Promise<Result<void>> => {
  if (!isAmount(order.amount)) return fail('bad-input', { field: 'amount' });
  const payer = await findAccount(db, order.payer);
  if (payer?.kind !== 'customer') return fail('account-unknown', { side: 'payer' });
  const payee = await findAccount(db, order.payee);
  if (payee?.kind !== 'customer') return fail('account-unknown', { side: 'payee' });
  if (payer.state === 'closed') return fail('account-closed', { side: 'payer' });
  if (payee.state === 'closed') return fail('account-closed', { side: 'payee' });
  if (order.payer === order.payee) return fail('transfer-not-possible', { reason: 'same-account' });
  if (payer.currency !== order.currency || payee.currency !== order.currency)
    return fail('transfer-not-possible', { reason: 'currency' });
  if (payer.transfer_limit !== null && order.amount > payer.transfer_limit)
    return fail('transfer-limit-exceeded', { limit: payer.transfer_limit, kind: 'transfer' });
  if (payer.day_limit !== null) {
    const left = payer.day_limit - (await sentOn(db, order.payer, day));
    if (order.amount > left)
      return fail('transfer-limit-exceeded', {
        limit: payer.day_limit,
        left: Math.max(0, left),
        kind: 'day',
      });
  }
  if (payer.floor !== null && payer.balance - order.amount < payer.floor) return fail('insufficient-funds');
  return ok();
};

/**
 * Moves the money. The conditions stand in the statements themselves, because between the check and here
 * another server may have booked.
 */
const book = async (
  tx: Transaction<LedgerTables>,
  order: TransferOrder,
  now: Date,
): Promise<Result<void>> => {
  const takeFromPayer = async (): Promise<boolean> => {
    const taken = await tx
      .updateTable('ledger_accounts')
      .set((e) => ({ balance: e('balance', '-', order.amount) }))
      .where('account_number', '=', order.payer)
      .where('state', '=', 'open')
      .where((e) => e.or([e('floor', 'is', null), e(e('balance', '-', order.amount), '>=', e.ref('floor'))]))
      .executeTakeFirst();
    return taken.numUpdatedRows === 1n;
  };
  const giveToPayee = async (): Promise<boolean> => {
    const given = await tx
      .updateTable('ledger_accounts')
      .set((e) => ({ balance: e('balance', '+', order.amount) }))
      .where('account_number', '=', order.payee)
      .where('state', '=', 'open')
      .executeTakeFirst();
    return given.numUpdatedRows === 1n;
  };
  // Always in the order of the numbers: two that pay each other do not wait for each other for ever.
  const inOrder = order.payer < order.payee ? [takeFromPayer, giveToPayee] : [giveToPayee, takeFromPayer];
  for (const move of inOrder) {
    if (!(await move())) return fail(move === takeFromPayer ? 'insufficient-funds' : 'account-closed');
  }
  const day = businessDay(now);
  const sent = await tx
    .insertInto('ledger_days')
    .values({ account_number: order.payer, day, sent: order.amount })
    .onConflict((conflict) =>
      conflict
        .columns(['account_number', 'day'])
        .doUpdateSet((e) => ({ sent: e('ledger_days.sent', '+', order.amount) })),
    )
    .returning('sent')
    .executeTakeFirstOrThrow();
  const payer = await findAccount(tx, order.payer);
  // The payer's row is locked by now: what was sent today cannot change any more.
  const dayLimit = payer?.day_limit ?? maxAmount;
  if (Number(sent.sent) > dayLimit) return fail('transfer-limit-exceeded', { limit: dayLimit, kind: 'day' });
  return ok();
};

const openAccount = async (
  tx: Transaction<LedgerTables>,
  account: NewLedgerAccount,
  now: Date,
): Promise<Result<void>> => {
  const { accountNumber, currency, openingBalance, floor } = account;
  if (!/^[A-Z]{3}$/.test(currency)) return fail('bad-input', { field: 'currency' });
  if (accountNumber === '' || accountNumber.startsWith(bankPrefix))
    return fail('bad-input', { field: 'accountNumber' });
  if (!Number.isSafeInteger(openingBalance) || openingBalance < floor || openingBalance > maxAmount)
    return fail('bad-input', { field: 'openingBalance' });
  const idempotencyKey = `opening/${accountNumber}`;
  const request = sha256(
    JSON.stringify([
      'opening',
      accountNumber,
      currency,
      openingBalance,
      floor,
      account.transferLimit,
      account.dayLimit,
    ]),
  );
  const known = await findTransaction(tx, idempotencyKey);
  if (known) return known.request_sha256 === request ? ok() : fail('idempotency-conflict');

  const bankAccount = `${bankPrefix}opening/${currency}`;
  const openedAt = now.toISOString();
  await tx
    .insertInto('ledger_accounts')
    .values({
      account_number: bankAccount,
      kind: 'bank',
      currency,
      state: 'open',
      balance: 0,
      floor: null,
      transfer_limit: null,
      day_limit: null,
      opened_at: openedAt,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await tx
    .updateTable('ledger_accounts')
    .set((e) => ({ balance: e('balance', '-', openingBalance) }))
    .where('account_number', '=', bankAccount)
    .execute();
  await tx
    .insertInto('ledger_accounts')
    .values({
      account_number: accountNumber,
      kind: 'customer',
      currency,
      state: 'open',
      balance: openingBalance,
      floor,
      transfer_limit: account.transferLimit,
      day_limit: account.dayLimit,
      opened_at: openedAt,
    })
    .execute();
  await record(tx, {
    transactionId: randomUUID(),
    kind: 'opening',
    idempotencyKey,
    request,
    from: bankAccount,
    to: accountNumber,
    amount: openingBalance,
    currency,
    memo: '',
    bookedAt: openedAt,
    receipt: null,
  });
  return ok();
};

/** Accounts of the bank's own: no customer account begins with it. */
const bankPrefix = 'bank/';

interface Entry {
  readonly transactionId: string;
  readonly kind: 'opening' | 'transfer';
  readonly idempotencyKey: string;
  readonly request: string;
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly currency: string;
  readonly memo: string;
  readonly bookedAt: string;
  readonly receipt: string | null;
}

const record = async (tx: Transaction<LedgerTables>, entry: Entry): Promise<void> => {
  await tx
    .insertInto('ledger_transactions')
    .values({
      transaction_id: entry.transactionId,
      idempotency_key: entry.idempotencyKey,
      request_sha256: entry.request,
      kind: entry.kind,
      currency: entry.currency,
      amount: entry.amount,
      memo: entry.memo,
      booked_at: entry.bookedAt,
      receipt: entry.receipt,
    })
    .execute();
  const posting = { transaction_id: entry.transactionId, booked_at: entry.bookedAt };
  await tx
    .insertInto('ledger_postings')
    .values([
      { ...posting, account_number: entry.from, amount: -entry.amount, counterpart: entry.to },
      { ...posting, account_number: entry.to, amount: entry.amount, counterpart: entry.from },
    ])
    .execute();
};

const movementsOf = async (
  db: Database,
  accountNumber: string,
  page: { count: number; before?: string },
): Promise<readonly Movement[]> => {
  const [beforeTime = '', beforeId = ''] = page.before?.split(' ') ?? [];
  const rows = await db
    .selectFrom('ledger_postings as p')
    .innerJoin('ledger_transactions as t', 't.transaction_id', 'p.transaction_id')
    .select(['p.transaction_id', 'p.amount', 'p.counterpart', 'p.booked_at', 't.memo'])
    .where('p.account_number', '=', accountNumber)
    .$if(page.before !== undefined, (query) =>
      query.where((e) =>
        e.or([
          e('p.booked_at', '<', beforeTime),
          e.and([e('p.booked_at', '=', beforeTime), e('p.transaction_id', '<', beforeId)]),
        ]),
      ),
    )
    .orderBy('p.booked_at', 'desc')
    .orderBy('p.transaction_id', 'desc')
    .limit(Math.min(100, Math.max(1, page.count)))
    .execute();
  return rows.map((row) => ({
    position: `${row.booked_at} ${row.transaction_id}`,
    transactionId: row.transaction_id,
    bookedAt: row.booked_at,
    amount: Number(row.amount),
    counterpart: row.counterpart.startsWith(bankPrefix) ? undefined : row.counterpart,
    memo: row.memo,
  }));
};

/** For people: the day, and 40 bits in letters that cannot be confused. */
const newReceiptNumber = (now: Date): string => {
  const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const random = Array.from(randomBytes(8), (byte) => letters.charAt(byte & 31)).join('');
  return `T${businessDay(now).replaceAll('-', '')}-${random.slice(0, 4)}-${random.slice(4)}`;
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

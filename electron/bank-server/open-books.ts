import { atRest, type AtRest } from '../shared/codec/operator-keys/index.ts';
import { ok, type Result } from '../shared/result/index.ts';
import type { Bank, BankIdentity, Clock } from './bank.ts';
import type { KeyFiles } from './ca/key-files.ts';
import { nodePrimitives } from './operator/primitives.ts';
import { readSetting, writeSetting } from './store/settings.ts';
import type { Store } from './store/store.ts';
import { openLedger, receiptSigner, type Ledger, type LedgerTables } from './transactions/index.ts';

/** The books, and the key for secrets in the database. `keys` makes both keys where it may. */
export const openBooks = (
  store: Store,
  { bankId }: BankIdentity,
  keys: KeyFiles,
  clock: Clock,
): Result<{ readonly ledger: Ledger; readonly atRest: AtRest }> => {
  const receipts = keys.privateKey('receipts');
  if (!receipts.ok) return receipts;
  const rest = keys.secret('at-rest');
  if (!rest.ok) return rest;
  const ledger = openLedger({
    db: store.db.$pickTables<keyof LedgerTables>(),
    bankId,
    signer: receiptSigner(receipts.value),
    clock,
  });
  return ok({ ledger, atRest: atRest(nodePrimitives(), rest.value) });
};

/** Have the books been opened? A bank of an earlier version has none yet, and no keys for them. */
export const hasBooks = async (store: Store): Promise<boolean> =>
  (await readSetting(store.db, 'books')) !== undefined;

/**
 * Books every account's opening balance, once in the life of a bank. Cut off, or done by two processes
 * at the same time, it comes to the same.
 */
export const bringAccountsIntoLedger = async ({
  store,
  ledger,
  clock,
}: Pick<Bank, 'store' | 'ledger' | 'clock'>): Promise<Result<void>> => {
  if (await hasBooks(store)) return ok();
  const accounts = await store.db
    .selectFrom('accounts')
    .select(['account_number', 'currency', 'balance'])
    .execute();
  for (const { account_number: number, currency, balance } of accounts) {
    const opened = await ledger.open({
      accountNumber: ledgerNumber(number),
      currency,
      openingBalance: balance,
      floor: 0,
      ...limits,
    });
    if (!opened.ok) return opened;
  }
  await writeSetting(store.db, 'books', clock().toISOString());
  return ok();
};

/** The ledger keeps account numbers without the spaces that people read them by. */
export const ledgerNumber = (accountNumber: string): string => accountNumber.replaceAll(/\s/g, '');

/** In fen or cents: of one transfer, and of a day. */
const limits = { transferLimit: 50_000_00, dayLimit: 200_000_00 };

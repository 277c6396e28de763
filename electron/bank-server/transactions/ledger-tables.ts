import type { ColumnType } from 'kysely';

/**
 * The ledger's tables, equal on SQLite and PostgreSQL. Amounts are whole numbers of the smallest unit;
 * times ISO 8601 UTC, so that they sort as text; keys are random or given: no sequence, nothing hot but
 * the accounts that are being booked on.
 * A type, not an interface, so that Kysely can add it to the bank's other tables.
 */
export type LedgerTables = {
  ledger_accounts: LedgerAccountTable;
  ledger_transactions: LedgerTransactionTable;
  ledger_postings: LedgerPostingTable;
  ledger_days: LedgerDayTable;
};

interface LedgerAccountTable {
  account_number: string;
  kind: 'customer' | 'bank';
  currency: string;
  state: 'open' | 'closed';
  balance: Amount;
  /** Null: no floor, for the bank's own accounts. */
  floor: OptionalAmount;
  transfer_limit: OptionalAmount;
  day_limit: OptionalAmount;
  opened_at: string;
}

interface LedgerTransactionTable {
  transaction_id: string;
  idempotency_key: string;
  /** SHA-256 of the order, so that another order under the same key is noticed. */
  request_sha256: string;
  kind: 'opening' | 'transfer';
  currency: string;
  amount: Amount;
  memo: string;
  booked_at: string;
  /** JSON of the signed receipt; null for an opening. */
  receipt: string | null;
}

interface LedgerPostingTable {
  transaction_id: string;
  account_number: string;
  amount: Amount;
  counterpart: string;
  booked_at: string;
}

/** What an account has sent on a business day. */
interface LedgerDayTable {
  account_number: string;
  day: string;
  sent: Amount;
}

/** PostgreSQL gives 64-bit numbers as text: `Number()` at every read. */
type Amount = ColumnType<number | string, number, number | string>;
type OptionalAmount = ColumnType<number | string | null, number | null, number | null>;

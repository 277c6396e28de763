import type { Result } from '../../shared/result/index.ts';
import type { Receipt } from './receipt.ts';

/**
 * The bank's books. Every movement is booked twice, so the sum over all accounts of a currency is zero at
 * any time; amounts are whole numbers of the currency's smallest unit (fen, cent). Refusals book nothing
 * and are not remembered: the same order may succeed later.
 */
export interface Ledger {
  /**
   * Opens an account; the opening balance is booked against the bank's own account. The same account with
   * the same content again changes nothing. Faults: idempotency-conflict, bad-input.
   */
  open(account: NewLedgerAccount): Promise<Result<void>>;
  /** Closes an account with balance zero. Faults: account-unknown, transfer-not-possible (balance). */
  close(accountNumber: string): Promise<Result<void>>;
  /** Fault: account-unknown. */
  balance(accountNumber: string): Promise<Result<Balance>>;
  /**
   * Would this be booked now? Nothing is reserved.
   * Faults: account-unknown, account-closed, transfer-not-possible, transfer-limit-exceeded,
   * insufficient-funds, bad-input.
   */
  quote(order: Omit<TransferOrder, 'idempotencyKey'>): Promise<Result<Quote>>;
  /**
   * Books a transfer and signs its receipt. On return of a success both are on the disk; the same
   * idempotency key with the same order gives the same receipt. Faults: those of `quote`, idempotency-conflict.
   */
  transfer(order: TransferOrder): Promise<Result<Receipt>>;
  /** Newest first; `before` is the `position` of the last movement seen. Fault: account-unknown. */
  history(
    accountNumber: string,
    page: { count: number; before?: string },
  ): Promise<Result<readonly Movement[]>>;
  /** Adds up everything; an empty answer means the books are in order. */
  verify(): Promise<readonly LedgerFinding[]>;
}

export interface NewLedgerAccount {
  readonly accountNumber: string;
  /** ISO 4217 */
  readonly currency: string;
  readonly openingBalance: number;
  /** The balance never falls below it: 0, or less for an overdraft. */
  readonly floor: number;
  /** Of one transfer; null for none. */
  readonly transferLimit: number | null;
  /** Of all transfers of one day. */
  readonly dayLimit: number | null;
}

export interface Balance {
  readonly accountNumber: string;
  readonly currency: string;
  readonly balance: number;
  /** What a transfer could take now, by floor and limits. */
  readonly available: number;
}

export interface TransferOrder {
  /** Names this order for ever, e.g. `operator/epoch/serial`. */
  readonly idempotencyKey: string;
  readonly payer: string;
  readonly payee: string;
  readonly amount: number;
  readonly currency: string;
  readonly memo: string;
}

export interface Quote {
  readonly amount: number;
  readonly fee: number;
  readonly currency: string;
}

export interface Movement {
  readonly position: string;
  readonly transactionId: string;
  readonly bookedAt: string;
  /** Positive: came in. */
  readonly amount: number;
  /** The other account; undefined for an opening balance. */
  readonly counterpart: string | undefined;
  readonly memo: string;
}

export type LedgerFinding =
  | { readonly kind: 'sum-not-zero'; readonly currency: string; readonly sum: number }
  | { readonly kind: 'transaction-not-zero'; readonly transactionId: string; readonly sum: number }
  | {
      readonly kind: 'balance-differs';
      readonly accountNumber: string;
      readonly balance: number;
      readonly booked: number;
    }
  | {
      readonly kind: 'below-floor';
      readonly accountNumber: string;
      readonly balance: number;
      readonly floor: number;
    };

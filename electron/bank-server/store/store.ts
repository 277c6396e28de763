import type { Kysely, Transaction } from 'kysely';
import type { Result } from '../../shared/result/index.ts';
import type { BankTables } from './tables.ts';

/** Queries inside or outside a transaction. */
export type Database = Kysely<BankTables>;
export type BankTransaction = Transaction<BankTables>;

/**
 * `serializable`, unless said otherwise: as if one transaction ran after the other. `snapshot`: for work that
 * writes every row on which it decides (a card's, under its version), and relies on unique keys for the rest.
 * Two such meet only where they write the same row; of two serializable ones, where they read the same page.
 */
export type Isolation = 'serializable' | 'snapshot';

/**
 * Where the bank keeps everything. SQLite for one process, PostgreSQL for several; both serve the same
 * queries. Nothing that a second process would need lives outside it.
 */
export interface Store {
  /** Reads and single statements outside a transaction. Never used from inside one: SQLite has one connection. */
  readonly db: Database;
  /**
   * All or nothing: a refusal or a throw undoes everything; on return of a success it is on the disk.
   * The work may run again when the database asks for it (serialization failure), so it does nothing
   * outside the database.
   */
  transaction<T>(
    work: (tx: BankTransaction) => Promise<Result<T>>,
    isolation?: Isolation,
  ): Promise<Result<T>>;
  /** Another row already has this unique value. */
  isUniqueViolation(error: unknown): boolean;
  close(): Promise<void>;
}

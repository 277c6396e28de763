import { sql } from 'kysely';
import type { Result } from '../../../shared/result/index.ts';
import { allOrNothing } from '../all-or-nothing.ts';
import type { BankTransaction, Database, Store } from '../store.ts';

interface Waiting {
  readonly work: (tx: BankTransaction) => Promise<Result<unknown>>;
  readonly resolve: (result: Result<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

type Outcome = { readonly result: Result<unknown> } | { readonly error: unknown };

/** More would let the first of them wait too long for the last. */
const MOST = 16;

/**
 * Transactions one after the other, several under one commit: those that came while the disk was busy with
 * the last commit share the next one. Each is whole or undone by itself (a savepoint); none is answered before
 * the commit is on the disk.
 *
 *   time ─▶   A ─ commit ─┬─ B ─ C ─ D ─ commit ─┬─ E …
 *             B C D come ─┘    E comes ──────────┘
 *
 * @param isOpen whether the transaction still stands: SQLite ends it by itself when the disk is full
 * @param afterCommit called between two transactions
 */
export const groupCommit = (
  db: Database,
  isOpen: () => boolean,
  afterCommit: () => void,
): Store['transaction'] => {
  const waiting: Waiting[] = [];
  let running = false;

  const runBatch = async (batch: readonly Waiting[]): Promise<void> => {
    const [first] = batch;
    try {
      if (first !== undefined && batch.length === 1) {
        first.resolve(await allOrNothing(db.transaction(), first.work));
        return;
      }
      const outcomes = await db.transaction().execute(async (tx) => {
        const each: Outcome[] = [];
        for (const { work } of batch) each.push(await underSavepoint(tx, work, isOpen));
        return each;
      });
      for (const [at, outcome] of outcomes.entries()) {
        if ('result' in outcome) batch[at]?.resolve(outcome.result);
        else batch[at]?.reject(outcome.error);
      }
    } catch (error) {
      // The commit failed, and with it everything in it.
      for (const { reject } of batch) reject(error);
    }
  };
  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      await runBatch(waiting.splice(0, MOST));
      afterCommit();
    }
    running = false;
  };

  return <T>(work: (tx: BankTransaction) => Promise<Result<T>>): Promise<Result<T>> =>
    new Promise((resolve, reject) => {
      // What comes out is what this work gave; the queue does not look into it.
      waiting.push({ work, resolve: resolve as Waiting['resolve'], reject });
      if (!running) void run();
    });
};

const underSavepoint = async (
  tx: BankTransaction,
  work: Waiting['work'],
  isOpen: () => boolean,
): Promise<Outcome> => {
  const undo = async (): Promise<void> => {
    await sql`rollback to one`.execute(tx);
    await sql`release one`.execute(tx);
  };
  await sql`savepoint one`.execute(tx);
  try {
    const result = await work(tx);
    if (result.ok) await sql`release one`.execute(tx);
    else await undo();
    return { result };
  } catch (error) {
    if (!isOpen()) throw error;
    await undo();
    return { error };
  }
};

import type { TransactionBuilder } from 'kysely';
import type { Failed, Result } from '../../shared/result/index.ts';
import type { BankTransaction } from './store.ts';
import type { BankTables } from './tables.ts';

/** One try of a transaction: a success is committed, a refusal or a throw undoes everything. */
export const allOrNothing = async <T>(
  transaction: TransactionBuilder<BankTables>,
  work: (tx: BankTransaction) => Promise<Result<T>>,
): Promise<Result<T>> => {
  try {
    return await transaction.execute(async (tx) => {
      const result = await work(tx);
      if (!result.ok) throw new Undone(result);
      return result;
    });
  } catch (error) {
    if (error instanceof Undone) return error.refusal;
    throw error;
  }
};

/** Carries a refusal out of a transaction so that the driver rolls back; never leaves this file. */
class Undone extends Error {
  readonly refusal: Failed;
  constructor(refusal: Failed) {
    super('refused');
    this.refusal = refusal;
  }
}

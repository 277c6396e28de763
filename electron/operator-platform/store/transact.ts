import type { Kysely, Transaction } from 'kysely';
import type { Failed, Result } from '../../shared/result/index.ts';
import type { OperatorTables } from './tables.ts';

/** All or nothing: a refusal or a throw undoes everything; a success is on the disk. */
export const transact = async <T>(
  db: Kysely<OperatorTables>,
  work: (tx: Transaction<OperatorTables>) => Promise<Result<T>>,
): Promise<Result<T>> => {
  try {
    return await db.transaction().execute(async (tx) => {
      const result = await work(tx);
      if (!result.ok) throw new Refused(result);
      return result;
    });
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
};

/** Carries a refusal out of the transaction so that it is rolled back; never leaves this file. */
class Refused extends Error {
  readonly refusal: Failed;
  constructor(refusal: Failed) {
    super('refused');
    this.refusal = refusal;
  }
}

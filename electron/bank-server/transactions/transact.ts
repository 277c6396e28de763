import type { Kysely, Transaction } from 'kysely';
import type { Failed, Result } from '../../shared/result/index.ts';

/**
 * All or nothing: a refusal or a throw undoes everything; a success is on the disk. The work runs again
 * when the database says that another one was in its way (serialization failure, deadlock, a row that
 * somebody else made first), so it reads before it writes and does nothing outside the database.
 */
export const transact = async <Tables, T>(
  db: Kysely<Tables>,
  work: (tx: Transaction<Tables>) => Promise<Result<T>>,
): Promise<Result<T>> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(async (tx) => {
        const result = await work(tx);
        if (!result.ok) throw new Refused(result);
        return result;
      });
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      if (attempt >= maxAttempts || !mayRunAgain(error)) throw error;
      // Two that met once should not meet again at the same moment.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * 2 ** attempt));
    }
  }
};

const maxAttempts = 8;

/** PostgreSQL: 40001 serialization failure, 40P01 deadlock, 23505 unique violation. */
const mayRunAgain = (error: unknown): boolean => {
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return (
    typeof code === 'string' &&
    /^(40001|40P01|23505|SQLITE_BUSY.*|SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY))$/.test(code)
  );
};

/** Carries a refusal out of the transaction so that it is rolled back; never leaves this file. */
class Refused extends Error {
  readonly refusal: Failed;
  constructor(refusal: Failed) {
    super('refused');
    this.refusal = refusal;
  }
}

import { createHash } from 'node:crypto';
import { z } from 'zod';
import { fail, faultSchema, type Result } from '../../shared/result/index.ts';
import type { ApiCall } from './api-call.ts';
import type { BankTransaction, Database, Store } from '../store/store.ts';

/** One acknowledged action of a station: the same key and body get the same answer, and nothing is done twice. */
export interface IdempotencyKey {
  readonly stationId: string;
  /** The header `Idempotency-Key`: run id + step. */
  readonly key: string;
  /** What was asked, hashed: another body under the same key is a bug of the station. */
  readonly requestSha256: string;
}

export const requestSha256 = (method: string, path: string, body: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify([method, path, body]))
    .digest('hex');

const answerSchema = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), fault: faultSchema }),
]);

/** What was answered before under this key; undefined the first time. */
export const earlierAnswer = async (
  db: Database,
  key: IdempotencyKey,
): Promise<Result<unknown> | undefined> => {
  const row = await db
    .selectFrom('idempotency')
    .select(['request_sha256', 'answer'])
    .where('station_id', '=', key.stationId)
    .where('idempotency_key', '=', key.key)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.request_sha256 !== key.requestSha256) return fail('idempotency-conflict', { key: key.key });
  return answerSchema.parse(JSON.parse(row.answer));
};

/** `ApiCall.commit` for requests with a key. */
export const commitOnce =
  <Reply>(store: Store, key: IdempotencyKey, now: Date): ApiCall<Reply>['commit'] =>
  async (work, options) => {
    try {
      const result = await store.transaction<Result<Reply>>(async (tx) => {
        const answer = await work(tx);
        if (!answer.ok && options?.keepRefusal !== true) return answer;
        await remember(tx, key, answer, now);
        return { ok: true, value: answer };
      }, options?.isolation);
      return result.ok ? result.value : result;
    } catch (error) {
      // The same request on another connection was faster; its answer is the answer.
      if (!store.isUniqueViolation(error)) throw error;
      const earlier = await earlierAnswer(store.db, key);
      // Another station took the same customer's or medium's place; the next try sees it and says so.
      if (earlier === undefined) return fail('bank-busy');
      return earlier as Result<Reply>; // the same route wrote it
    }
  };

const remember = async (
  tx: BankTransaction,
  key: IdempotencyKey,
  answer: Result<unknown>,
  now: Date,
): Promise<void> => {
  await tx
    .insertInto('idempotency')
    .values({
      station_id: key.stationId,
      idempotency_key: key.key,
      request_sha256: key.requestSha256,
      answer: JSON.stringify(answer),
      created_at: now.toISOString(),
    })
    .execute();
};

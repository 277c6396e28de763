import type { Bank } from './bank.ts';
import type { Database } from './store/store.ts';
import { openSweep } from './store/sweep-expired.ts';

/**
 * Sweeps what has expired, a bounded part each time, and counts what waits, for as long as the bank runs.
 * Hands out what stops it.
 */
export const keepHouse = (
  { store, clock, log, metrics }: Pick<Bank, 'store' | 'clock' | 'log' | 'metrics'>,
  everyMs = 10_000,
): (() => Promise<void>) => {
  const sweep = openSweep(store.db);
  let round: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    round = round
      .then(() => sweep.round(clock()))
      .then(async (swept) => {
        for (const [table, rows] of swept) metrics.swept(table, rows);
        if (swept.size > 0) log.debug(Object.fromEntries(swept), 'swept');
        metrics.notificationsWaiting(await countWaiting(store.db));
      })
      .catch((error: unknown) => {
        log.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'not swept');
      });
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await round;
  };
};

const countWaiting = async (db: Database): Promise<number> => {
  const { waiting } = await db
    .selectFrom('outbox')
    .select(({ fn }) => fn.countAll<number>().as('waiting'))
    .executeTakeFirstOrThrow();
  return waiting;
};

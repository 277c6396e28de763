import { deliverKeys } from './deliver-keys.ts';
import { retireEpochs } from './epochs.ts';
import type { OperatorDesk } from './operator-desk.ts';

/** One round: brings to every operator what it does not have yet, and forgets keys whose time is over. */
export const supplyOperators = async (desk: OperatorDesk): Promise<void> => {
  const operators = await desk.db.selectFrom('operators').select('operator_id').execute();
  for (const { operator_id } of operators) {
    const delivered = await deliverKeys(desk, operator_id);
    if (!delivered.ok)
      desk.log.warn({ operator: operator_id, fault: delivered.fault.code }, 'keys not delivered');
  }
  await retireEpochs(desk);
};

/**
 * Rounds for as long as the bank runs, one after another. Several servers may do so: every message may be
 * sent twice. Hands out what stops it.
 */
export const keepOperatorsSupplied = (desk: OperatorDesk, everyMs = 30_000): (() => Promise<void>) => {
  let round: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    round = round
      .then(() => supplyOperators(desk))
      .catch((error: unknown) => {
        desk.log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'round failed');
      });
  }, everyMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await round;
  };
};

import type { Operator } from '../operator.ts';
import type { SubscriberRow } from '../store/tables.ts';

/** Writes down whose SIM is whose: which number the operator gave to which IMSI. */
export const admitSubscribers = async (
  operator: Operator,
  subscribers: readonly SubscriberRow[],
): Promise<void> => {
  for (const row of subscribers) {
    await operator.db
      .insertInto('subscribers')
      .values(row)
      .onConflict((conflict) => conflict.column('imsi').doUpdateSet(row))
      .execute();
  }
};

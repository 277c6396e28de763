import type { Bank } from '../bank.ts';
import { after } from '../bank.ts';
import type { OutboxRow } from '../store/tables.ts';
import { notification, type Notification } from './notification.ts';

/** Takes one notification; undefined when it is safe there, else why not. Told again, it does nothing. */
export type Destination = (message: Notification) => Promise<string | undefined>;

type Outbox = Pick<Bank, 'store' | 'clock' | 'log' | 'metrics'>;

/** A process that dies with notifications in hand keeps them from the others for so long. */
const LEASE_SECONDS = 60;
const BATCH = 50;
const LONGEST_WAIT_SECONDS = 300;

/**
 * Brings what waits to its destination, at least once each. Several processes may do so at the same time:
 *
 *   taken   next try moved a lease ahead, in one statement: nobody else takes it meanwhile
 *   sent    the destination has it
 *   gone    the row is deleted; a process killed before that sends it once more when the lease is over
 *
 * @returns how many were taken
 */
export const dispatchNotifications = async (bank: Outbox, destination: Destination): Promise<number> => {
  const rows = await take(bank);
  const ofCards = Map.groupBy(rows, ({ card_id }) => card_id);
  await Promise.all([...ofCards.values()].map((each) => deliverInOrder(bank, destination, each)));
  return rows.length;
};

/** Rounds for as long as the bank runs. Hands out what stops them; what is under way is finished first. */
export const keepDispatching = (
  bank: Outbox,
  destination: Destination,
  everyMs = 1_000,
): (() => Promise<void>) => {
  let stopped = false;
  let wake: () => void = () => {};
  const run = async (): Promise<void> => {
    while (!stopped) {
      const taken = await dispatchNotifications(bank, destination).catch((error: unknown) => {
        bank.log.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'outbox not read');
        return 0;
      });
      if (taken === BATCH) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs).unref();
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = run();
  return async () => {
    stopped = true;
    wake();
    await running;
  };
};

const take = ({ store, clock }: Outbox): Promise<OutboxRow[]> => {
  const now = clock();
  const due = now.toISOString();
  return (
    store.db
      .updateTable('outbox')
      .set((row) => ({ tries: row('tries', '+', 1), next_try_at: after(now, LEASE_SECONDS) }))
      .where('notification_id', 'in', (rows) =>
        rows
          .selectFrom('outbox')
          .select('notification_id')
          .where('next_try_at', '<=', due)
          .orderBy('next_try_at')
          .limit(BATCH),
      )
      // Once more: another process may have taken a row since it was looked for.
      .where('next_try_at', '<=', due)
      .returningAll()
      .execute()
  );
};

const deliverInOrder = async (
  bank: Outbox,
  destination: Destination,
  rows: readonly OutboxRow[],
): Promise<void> => {
  const inOrder = rows.toSorted((one, other) => (one.created_at < other.created_at ? -1 : 1));
  for (const [at, row] of inOrder.entries()) {
    const refused = await destination(notification.parse(JSON.parse(row.message)));
    bank.metrics.notification(refused === undefined);
    if (refused === undefined) {
      await bank.store.db.deleteFrom('outbox').where('notification_id', '=', row.notification_id).execute();
      continue;
    }
    bank.log.warn({ notification: row.notification_id, tries: row.tries, reason: refused }, 'not delivered');
    // What comes later about the same card waits with it.
    const wait = Math.min(2 ** row.tries, LONGEST_WAIT_SECONDS);
    await bank.store.db
      .updateTable('outbox')
      .set({ next_try_at: after(bank.clock(), wait) })
      .where(
        'notification_id',
        'in',
        inOrder.slice(at).map((each) => each.notification_id),
      )
      .execute();
    return;
  }
};

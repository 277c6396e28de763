import type { Result } from '../../shared/result/index.ts';

interface Waiting<Order, T> {
  readonly order: Order;
  readonly resolve: (result: Result<T>) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchRules<Order, T> {
  /** Does all of them in one transaction; an answer for each, in their order. */
  readonly work: (orders: readonly Order[]) => Promise<readonly Result<T>[]>;
  /** Whether two must not be in the same batch. */
  readonly clash: (one: Order, other: Order) => boolean;
  /** More would let the first of them wait too long for the last. */
  readonly most: number;
}

/**
 * Orders that come while others are under way are done together: one transaction, one commit for all of them, and
 * none is answered before it. Where a batch fails, each of its orders is tried by itself and answered for itself.
 *
 *   time ─▶   A ─ commit ─┬─ B C D ─ commit ─┬─ E …
 *             B C D come ─┘     E comes ─────┘
 */
export const inBatches = <Order, T>({
  work,
  clash,
  most,
}: BatchRules<Order, T>): ((order: Order) => Promise<Result<T>>) => {
  let waiting: Waiting<Order, T>[] = [];
  let running = false;

  const alone = async ({ order, resolve, reject }: Waiting<Order, T>): Promise<void> => {
    try {
      const [result] = await work([order]);
      if (result === undefined) throw new Error('an order without an answer');
      resolve(result);
    } catch (error) {
      reject(error);
    }
  };

  const together = async (batch: readonly Waiting<Order, T>[]): Promise<void> => {
    let results: readonly Result<T>[];
    try {
      results = batch.length === 1 ? [] : await work(batch.map(({ order }) => order));
    } catch {
      results = [];
    }
    for (const [at, each] of batch.entries()) {
      const result = results[at];
      if (result === undefined) await alone(each);
      else each.resolve(result);
    }
  };

  /** Takes the next ones, in the order in which they came; who clashes with one before waits for the batch after. */
  const next = (): readonly Waiting<Order, T>[] => {
    const batch: Waiting<Order, T>[] = [];
    const left: Waiting<Order, T>[] = [];
    for (const each of waiting) {
      const fits = batch.length < most && ![...batch, ...left].some(({ order }) => clash(order, each.order));
      (fits ? batch : left).push(each);
    }
    waiting = left;
    return batch;
  };

  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      // What has come in together is read first: SQLite's commit lets nobody in.
      await new Promise(setImmediate);
      await together(next());
    }
    running = false;
  };

  return (order) =>
    new Promise((resolve, reject) => {
      waiting.push({ order, resolve, reject });
      if (!running) void run();
    });
};

import type { Result } from '../../shared/result/index.ts';

interface Waiting<Order, T> {
  readonly order: Order;
  readonly resolve: (result: Result<T>) => void;
  readonly reject: (error: unknown) => void;
}

interface UnderWay<Order, T> {
  readonly batch: readonly Waiting<Order, T>[];
  readonly done: Promise<void>;
}

export interface BatchRules<Order, T> {
  /**
   * Does all of them in one transaction; an answer for each, in their order. Says when only the commit is left: the
   * next batch begins then, and not before.
   */
  readonly work: (orders: readonly Order[], committing: () => void) => Promise<readonly Result<T>[]>;
  /** Whether two must not be under way at the same time. */
  readonly clash: (one: Order, other: Order) => boolean;
  /** More would let the first of them wait too long for the last. */
  readonly most: number;
}

/**
 * Orders that come while others are under way are done together: one transaction, one commit for all of them, and
 * none is answered before it. While the disk is busy with the commit, the next batch is begun. Where a batch fails,
 * each of its orders is tried by itself and answered for itself.
 *
 *   time ─▶   A ───── commit
 *             B C D come ─┴─ B C D ───── commit
 *                                E comes ──┴─ E …
 */
export const inBatches = <Order, T>({
  work,
  clash,
  most,
}: BatchRules<Order, T>): ((order: Order) => Promise<Result<T>>) => {
  let waiting: Waiting<Order, T>[] = [];
  let running = false;
  /**
   * Not answered yet; there is never a third. A new list each time: a Set moves to a new table every few changes, the old
   * table holds on to it, and what was in one would stay until the next full collection of garbage.
   */
  let underWay: readonly UnderWay<Order, T>[] = [];

  const alone = async ({ order, resolve, reject }: Waiting<Order, T>): Promise<void> => {
    try {
      const [result] = await work([order], noMatter);
      if (result === undefined) throw new Error('an order without an answer');
      resolve(result);
    } catch (error) {
      reject(error);
    }
  };

  const together = async (batch: readonly Waiting<Order, T>[], committing: () => void): Promise<void> => {
    const [only] = batch;
    let results: readonly Result<T>[];
    try {
      results = await work(
        batch.map(({ order }) => order),
        committing,
      );
    } catch (error) {
      if (only !== undefined && batch.length === 1) {
        only.reject(error);
        return;
      }
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
    const before = underWay.flatMap(({ batch }) => batch);
    const batch: Waiting<Order, T>[] = [];
    const left: Waiting<Order, T>[] = [];
    for (const each of waiting) {
      const fits =
        batch.length < most && ![...before, ...batch, ...left].some(({ order }) => clash(order, each.order));
      (fits ? batch : left).push(each);
    }
    waiting = left;
    return batch;
  };

  const begin = (batch: readonly Waiting<Order, T>[]): Promise<void> =>
    new Promise((resolve) => {
      const begun = { batch, done: together(batch, resolve) };
      underWay = [...underWay, begun];
      void begun.done.then(() => {
        underWay = underWay.filter((each) => each !== begun);
        resolve();
      });
    });

  /**
   * What comes in together is read first, and each of its orders takes some turns from the socket to here: waits until
   * some have brought nothing new. They are over at once where there is nothing to read.
   */
  const gather = async (): Promise<void> => {
    for (let quiet = 0; quiet < QUIET_TURNS && waiting.length < most;) {
      const before = waiting.length;
      await new Promise(setImmediate);
      quiet = waiting.length > before ? 0 : quiet + 1;
    }
  };

  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      await gather();
      const batch = next();
      const others = underWay.map(({ done }) => done);
      if (batch.length === 0) await Promise.race(others);
      else {
        const committing = begin(batch);
        await Promise.all([committing, ...others]);
      }
    }
    running = false;
  };

  return (order) =>
    new Promise((resolve, reject) => {
      waiting.push({ order, resolve, reject });
      if (!running) void run();
    });
};

/** Measured with eight connections: four make an enrolment a tenth cheaper than one, and more bring nothing. */
const QUIET_TURNS = 4;

const noMatter = (): void => undefined;

import { describe, expect, it } from 'vitest';
import { inBatches } from '../../../electron/bank-server/authority/in-batches.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';

interface Seen {
  readonly batches: string[];
  readonly order: (order: string) => Promise<Result<string>>;
}

/** Writes down what is done together; an order with a `!` fails whatever it is in, one with a `?` is refused. */
const opened = (most = 16): Seen => {
  const batches: string[] = [];
  const order = inBatches<string, string>({
    async work(orders) {
      batches.push(orders.join(' '));
      await new Promise(setImmediate);
      if (orders.some((each) => each.includes('!'))) throw new Error(`failed: ${orders.join(' ')}`);
      return orders.map((each) =>
        each.includes('?') ? fail('card-unknown', { cardId: each }) : ok(each.toUpperCase()),
      );
    },
    clash: (one, other) => one.startsWith(other.slice(0, 1)),
    most,
  });
  return { batches, order };
};

describe('orders that come while others are under way', () => {
  it('are done together, each with its own answer', async () => {
    const { batches, order } = opened();
    const first = order('a');
    while (batches.length === 0) await new Promise(setImmediate);
    const answers = await Promise.all([first, ...['b', 'c?', 'd'].map(order)]);
    expect(answers).toEqual([ok('A'), ok('B'), fail('card-unknown', { cardId: 'c?' }), ok('D')]);
    expect(batches).toEqual(['a', 'b c? d']);
    expect(await order('e')).toEqual(ok('E'));
  });

  it('are tried one by one when they fail together: only the one that fails hears of it', async () => {
    const { batches, order } = opened();
    const answers = await Promise.allSettled(['a', 'b!', 'c'].map(order));
    expect(answers).toEqual([
      { status: 'fulfilled', value: ok('A') },
      { status: 'rejected', reason: new Error('failed: b!') },
      { status: 'fulfilled', value: ok('C') },
    ]);
    expect(batches).toEqual(['a b! c', 'a', 'b!', 'c']);
  });

  it('are never in one batch when they clash, nor overtake one they clash with', async () => {
    const { batches, order } = opened();
    await Promise.all(['a1', 'a2', 'b1', 'a3', 'b2'].map(order));
    expect(batches).toEqual(['a1 b1', 'a2 b2', 'a3']);
  });

  it('are waited for as long as more of them come in, turn after turn', async () => {
    const { batches, order } = opened();
    const answers = [];
    for (const each of ['a', 'b', 'c', 'd']) {
      answers.push(order(each));
      await new Promise(setImmediate);
      await new Promise(setImmediate);
    }
    await Promise.all(answers);
    expect(batches).toEqual(['a b c d']);
  });

  it('are no more at once than may be', async () => {
    const { batches, order } = opened(2);
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(order));
    expect(batches).toEqual(['a b', 'c d', 'e']);
  });

  it('are begun when only the commit of those before is left, one batch ahead and no more', async () => {
    const { batches, order, commit } = openedHalfway();
    const answers = [order('a')];
    await turns();
    answers.push(order('b'), order('c'));
    await turns();
    expect(batches).toEqual(['a']);
    commit('a').begin();
    await turns();
    answers.push(order('d'));
    await turns();
    expect(batches).toEqual(['a', 'b c']);
    commit('b c').begin();
    await turns();
    expect(batches, 'the first is not through yet').toEqual(['a', 'b c']);
    commit('a').end();
    await turns();
    expect(batches).toEqual(['a', 'b c', 'd']);
    commit('b c').end();
    commit('d').end();
    expect(await Promise.all(answers)).toEqual(['A', 'B', 'C', 'D'].map(ok));
  });

  it('wait for those before to the end when they clash with one of them', async () => {
    const { batches, order, commit } = openedHalfway();
    const answers = [order('a1')];
    await turns();
    answers.push(order('a2'), order('b'));
    commit('a1').begin();
    await turns();
    expect(batches).toEqual(['a1', 'b']);
    commit('b').begin();
    commit('b').end();
    await turns();
    expect(batches).toEqual(['a1', 'b']);
    commit('a1').end();
    await turns();
    expect(batches).toEqual(['a1', 'b', 'a2']);
    commit('a2').end();
    expect(await Promise.all(answers)).toEqual(['A1', 'A2', 'B'].map(ok));
  });
});

interface Commit {
  readonly begin: () => void;
  readonly end: () => void;
}

/** Batches that stand still before and in their commit until they are told. */
const openedHalfway = () => {
  const batches: string[] = [];
  const commits = new Map<string, Commit>();
  const order = inBatches<string, string>({
    work(orders, committing) {
      const name = orders.join(' ');
      batches.push(name);
      return new Promise((resolve) => {
        commits.set(name, {
          begin: committing,
          end: () => resolve(orders.map((each) => ok(each.toUpperCase()))),
        });
      });
    },
    clash: (one, other) => one.startsWith(other.slice(0, 1)),
    most: 16,
  });
  const commit = (name: string): Commit => {
    const found = commits.get(name);
    if (found === undefined) throw new Error(`no batch ${name}`);
    return found;
  };
  return { batches, order, commit };
};

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 15; turn += 1) await new Promise(setImmediate);
};

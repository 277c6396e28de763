import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BankClient } from '../harness/bank-client.ts';
import { startBank, type TestBank } from '../harness/start-bank.ts';
import { describeTrouble, play, type Exit, type Medium, type Trouble } from './scenario.ts';

/**
 * Every way an issuance can be interrupted, one at a time: the medium pulled at each of its operations and the
 * station killed at each journal entry, each exchange with the bank lost, and both exits from there. Afterwards the invariants of DESIGN.md §4
 * must hold at the bank and on the medium.
 *
 * The short form plays a part of them, another part for each seed; CARDWRIGHT_SIMULATION=long plays all.
 */
const long = process.env.CARDWRIGHT_SIMULATION === 'long';
const seed = Number(process.env.CARDWRIGHT_SEED ?? '1');
const exits: readonly Exit[] = ['resume', 'undo'];
const customers = { sim: 'C-100001', 'sd-card': 'C-100002' } as const;

let bank: TestBank;
let client: BankClient;
/** What an issuance without trouble uses. */
const usual = {} as Record<Medium, { operations: number; entries: number; exchanges: number }>;

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});
afterAll(() => bank.stop());

interface Scenario {
  readonly trouble: Trouble;
  readonly exit: Exit;
}

async function playAll(medium: Medium, scenarios: readonly Scenario[]): Promise<string[]> {
  const broken: string[] = [];
  for (const { trouble, exit } of scenarios) {
    const played = await play(bank, client, customers[medium], medium, exit, trouble);
    const expected = exit === 'resume' ? /^(completed done|never started)$/ : /^(completed|never started)/;
    if (played.broken.length > 0 || !expected.test(played.outcome))
      broken.push(`${describeTrouble(trouble)}, ${exit}: ${played.outcome}; ${played.broken.join('; ')}`);
  }
  return broken;
}

/** All in the long form; in the short one every n-th, from where the seed says. An SD run takes longer: its key file is dear to open. */
const some = (all: readonly Scenario[], every: number): readonly Scenario[] =>
  long ? all : all.filter((_, at) => (at + seed * 7) % every === 0);

const cross = (troubles: readonly Trouble[]): Scenario[] =>
  troubles.flatMap((trouble) => exits.map((exit) => ({ trouble, exit })));

const from1To = (n: number): number[] => Array.from({ length: n }, (_, at) => at + 1);

describe.each(['sim', 'sd-card'] as const)('%s', (medium) => {
  const moments =
    medium === 'sim' ? (['before', 'after'] as const) : (['before', 'during', 'after'] as const);

  test('without trouble it is issued, and the invariants hold', async () => {
    const played = await play(bank, client, customers[medium], medium, 'resume', undefined);
    expect(played.broken).toEqual([]);
    expect(played.outcome).toBe('completed done');
    expect(played.operations).toBeGreaterThan(30);
    // Two for each step; a SIM's factory secrets are replaced besides, and it may take a chain.
    expect(played.entries).toBe(medium === 'sim' ? 47 : 43);
    usual[medium] = played;
  });

  test('the medium is pulled at each operation', async () => {
    const troubles = from1To(usual[medium].operations).flatMap((operation) =>
      moments.map((when): Trouble => ({ kind: 'pull', operation, when })),
    );
    expect(await playAll(medium, some(cross(troubles), medium === 'sim' ? 17 : 31))).toEqual([]);
  }, 1_200_000);

  test('the medium is pulled and the station killed before anything is done about it', async () => {
    const troubles = from1To(usual[medium].operations).flatMap((operation) =>
      moments.map((when): Trouble => ({ kind: 'pull-and-kill', operation, when })),
    );
    expect(await playAll(medium, some(cross(troubles), medium === 'sim' ? 29 : 47))).toEqual([]);
  }, 1_200_000);

  test('the station is killed at each journal entry', async () => {
    const troubles = from1To(usual[medium].entries).map((entry): Trouble => ({ kind: 'kill', entry }));
    expect(await playAll(medium, some(cross(troubles), medium === 'sim' ? 5 : 7))).toEqual([]);
  }, 1_200_000);

  test('each exchange with the bank is lost, before or after it was done', async () => {
    const troubles = from1To(usual[medium].exchanges).flatMap((exchange) =>
      (['before', 'after'] as const).map((when): Trouble => ({ kind: 'bank', exchange, when })),
    );
    expect(await playAll(medium, some(cross(troubles), medium === 'sim' ? 5 : 7))).toEqual([]);
  }, 1_200_000);

  test('trouble again on the way out', async () => {
    const { operations } = usual[medium];
    const troubles = from1To(long ? 60 : 4).map((n): Trouble => {
      const draw = drawer(seed * 1000 + n);
      const when = moments[draw(moments.length)] ?? 'before';
      return { kind: 'pull', operation: 1 + draw(operations), when, again: 1 + draw(operations) };
    });
    expect(await playAll(medium, cross(troubles))).toEqual([]);
  }, 1_200_000);
});

/** Whole numbers below a limit, the same for the same seed (mulberry32). */
function drawer(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

import { afterAll, beforeAll, expect, test } from 'vitest';
import { trainingSim, virtualBankCard } from '../../native/virtual/index.ts';
import type { BankClient } from '../harness/bank-client.ts';
import { startBank, type TestBank } from '../harness/start-bank.ts';
import { describeTrouble, play, type Trouble } from './scenario.ts';

/**
 * A card that is personalised through a secure channel only, pulled at each of its operations, and each exchange
 * with the bank lost. The short form plays a part of them; CARDWRIGHT_SIMULATION=long plays all.
 */
const long = process.env.CARDWRIGHT_SIMULATION === 'long';
const seed = Number(process.env.CARDWRIGHT_SEED ?? '1');
const customerId = 'C-100001';

let bank: TestBank;
let client: BankClient;
let usual: { operations: number; exchanges: number };

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
  usual = await playOnce(undefined);
});
afterAll(() => bank.stop());

const freshCard = () => virtualBankCard({ model: 'scp-only', sim: trainingSim() });

const playOnce = async (trouble: Trouble | undefined, exit: 'resume' | 'undo' = 'resume') => {
  const card = freshCard();
  const played = await play(bank, client, customerId, 'sim', exit, trouble, card);
  const broken = [...played.broken];
  const { piv, domain } = card.state;
  if (domain.failures > 0) broken.push('a key was tried that the card does not have');
  if (piv.puk.left < 3) broken.push('a try of the PUK was spent');
  const expected = exit === 'resume' ? /^(completed done|never started)$/ : /^(completed|never started)/;
  if (!expected.test(played.outcome)) broken.push(played.outcome);
  return { ...played, broken };
};

const playAll = async (troubles: readonly Trouble[], every: number): Promise<string[]> => {
  const all = troubles.flatMap((trouble) => (['resume', 'undo'] as const).map((exit) => ({ trouble, exit })));
  const told: string[] = [];
  for (const { trouble, exit } of all.filter((_, at) => long || (at + seed * 7) % every === 0)) {
    const { broken } = await playOnce(trouble, exit);
    if (broken.length > 0) told.push(`${describeTrouble(trouble)}, ${exit}: ${broken.join('; ')}`);
  }
  return told;
};

const from1To = (n: number): number[] => Array.from({ length: n }, (_, at) => at + 1);

test('without trouble it is issued, and the invariants hold', async () => {
  expect((await playOnce(undefined)).broken).toEqual([]);
  expect(usual.operations).toBeGreaterThan(100);
});

test('the card is pulled at each operation', async () => {
  const troubles = from1To(usual.operations).flatMap((operation) =>
    (['before', 'after'] as const).map((when): Trouble => ({ kind: 'pull', operation, when })),
  );
  expect(await playAll(troubles, 127)).toEqual([]);
}, 2_400_000);

test('each exchange with the bank is lost, before or after it was done', async () => {
  const troubles = from1To(usual.exchanges).flatMap((exchange) =>
    (['before', 'after'] as const).map((when): Trouble => ({ kind: 'bank', exchange, when })),
  );
  expect(await playAll(troubles, 53)).toEqual([]);
}, 2_400_000);

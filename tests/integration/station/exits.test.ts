import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Result } from '../../../electron/shared/result/index.ts';
import { virtualPivCard } from '../../../native/virtual/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  cardReader,
  goOn,
  inWords,
  moved,
  must,
  sdSlot,
  recognisedIn,
  settled,
  startIssuance,
  startTestStation,
  typeSecrets,
  type TestStation,
} from '../../harness/start-station.ts';

/** Every question refused, every step failing: exactly these states, and nothing left behind. */

let bank: TestBank;
let client: BankClient;
let station: TestStation;
let runId: string;
let states: string[];
const customerId = 'C-100001';

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});
afterAll(() => bank.stop());
beforeEach(async () => {
  station = await startTestStation({ bank });
  states = [];
  station.teller.on('runs.changed', (view) => states.push(inWords(view)));
  ({ runId } = must(await startIssuance(station, bank, customerId)));
  await settled(station.teller, runId);
});
afterEach(async () => {
  expect(station.bugs).toEqual([]);
  await station.stop();
  const { cards } = await client.must('readCustomer', { customerId });
  for (const { cardId, state } of cards) {
    if (state === 'active')
      await client.must('revokeCard', { cardId }, { reason: 'cessation', officerId: 'test' });
    else if (state !== 'revoked' && state !== 'wiped')
      await client.must('compensateCard', { cardId }, { reason: 'test', mediumWiped: true });
  }
});

const liveCards = async () => {
  const { cards } = await client.must('readCustomer', { customerId });
  return cards.filter(({ state }) => !['revoked', 'wiped'].includes(state)).map(({ state }) => state);
};
const choose = (kind: 'sim' | 'sd-card') => async () => {
  const { state } = await settled(station.teller, runId);
  if (state.kind !== 'asking') throw new Error(state.kind);
  return station.teller.call('runs.answer', {
    runId,
    askId: state.ask.askId,
    answer: { reader: kind === 'sim' ? cardReader : sdSlot, kind, algorithm: 'p-256' },
  });
};
const secrets = () => typeSecrets(station, bank);
const cancel = () => station.teller.call('runs.cancel', { runId });
const undo = () => station.teller.call('runs.undo', { runId });
const resume = () => station.teller.call('runs.resume', { runId });
const step = (act: () => Promise<Result<object>>) => moved(station.teller, runId, act);
/** The card is out when the step first wants something of it. */
const pullDuring = (name: string): void => {
  let isPulled = false;
  station.teller.on('runs.changed', (view) => {
    if (isPulled || inWords(view) !== `working ${name}`) return;
    isPulled = true;
    station.counter.cards.script(cardReader).pullAt(1, 'before');
  });
};

describe('a question is not answered', () => {
  test('the customer leaves before typing anything: undone at once', async () => {
    expect(inWords(await step(cancel))).toBe('completed undone');
    expect(states).toEqual(['asking customer-secrets', 'completed undone']);
  });

  test('no medium is chosen: the PIN check leaves nothing to take back', async () => {
    await step(secrets);
    await step(cancel);
    expect(inWords(await step(undo))).toBe('completed undone');
    expect(states).toEqual([
      'asking customer-secrets',
      'working check-account-pin',
      'asking choose-medium',
      'failed choose-medium run-cancelled',
      'completed undone',
    ]);
    expect(await liveCards()).toEqual([]);
  });

  test.each(['sim', 'sd-card'] as const)(
    'the customer does not take the %s: all is taken back',
    async (kind) => {
      await step(secrets);
      expect(inWords(await step(choose(kind)))).toBe('asking hand-over');
      await step(cancel);
      expect(inWords(await step(undo))).toBe('completed undone');
      expect(states.slice(-4)).toEqual([
        'failed hand-over run-cancelled',
        `undoing ${kind === 'sim' ? 'set-card-pin' : 'write-key'}`,
        'undoing reserve-card',
        'completed undone',
      ]);
      expect(await liveCards()).toEqual([]);
      const { cards } = await client.must('readCustomer', { customerId });
      expect(cards.at(-1)).toMatchObject({
        certificate: { state: 'revoked' },
        registration: { state: 'closed' },
      });
    },
  );

  test('or changes their mind: the run goes on where it stood', async () => {
    await step(secrets);
    await step(choose('sim'));
    await step(cancel);
    await step(resume);
    expect(inWords(await goOn(station, bank, runId, 'sim'))).toBe('completed done');
    expect(states.filter((state) => state === 'working set-card-pin')).toHaveLength(1);
  });

  test('nobody answers for the customer, and a wrong shape changes nothing', async () => {
    const { state } = await settled(station.teller, runId);
    if (state.kind !== 'asking') throw new Error(state.kind);
    const { askId } = state.ask;
    const answers = (answer: unknown) => station.teller.call('runs.answer', { runId, askId, answer });
    expect(await answers({ entered: true })).toMatchObject({ fault: { code: 'run-not-asking' } });
    const empty = await station.customer.call('customer.answer', { runId, askId });
    expect(empty).toMatchObject({ fault: { code: 'bad-input' } });
    await step(secrets);
    const chosen = await settled(station.teller, runId);
    if (chosen.state.kind !== 'asking') throw new Error('not asking');
    const wrong = { runId, askId: chosen.state.ask.askId, answer: { reader: 7 } };
    expect(await station.teller.call('runs.answer', wrong)).toMatchObject({ fault: { code: 'bad-input' } });
    await step(cancel);
    await step(undo);
  });
});

describe('the customer’s typing', () => {
  test('is shown to the teller as counts', async () => {
    must(await station.customer.call('customer.progress', { runId, field: 'account-pin', typed: 4, of: 6 }));
    const view = must(await station.teller.call('runs.read', { runId }));
    expect(view.customerEntry).toEqual({ field: 'account-pin', typed: 4, of: 6 });
    expect(states.at(-1)).toBe('asking customer-secrets');
    await step(cancel);
  });
});

/** APDUs by instruction, and the status word that makes each step fail. */
const cardFaults = [
  ['set-card-pin', 0x24, '6f00', 'card-status'],
  ['generate-key', 0x47, '6f00', 'card-status'],
  ['sign-request', 0x20, '6983', 'card-pin-blocked'],
] as const;

describe('a step fails on the card', () => {
  test.each(cardFaults)(
    '%s: stops there, and is undone to a blank card',
    async (at, instruction, sw, code) => {
      await step(secrets);
      const script = station.counter.cards.script(cardReader);
      // Reading the PIN counter is VERIFY without data; only the real one is refused.
      const matches = (command: Uint8Array) => command[1] === instruction && command.length > 5;
      script.answerOnce(matches, Buffer.from(sw, 'hex'));
      expect(inWords(await step(choose('sim')))).toBe(`failed ${at} ${code}`);
      expect(inWords(await step(undo))).toBe('completed undone');
      expect(await liveCards()).toEqual([]);
      const technician = await station.window('technician');
      expect(must(await technician.call('reprovision.inspect', { reader: cardReader })).content).toBe(
        'blank',
      );
    },
  );

  test.each(cardFaults)('%s: resumed, it is done', async (at, instruction, sw, code) => {
    await step(secrets);
    const script = station.counter.cards.script(cardReader);
    script.answerOnce((command) => command[1] === instruction && command.length > 5, Buffer.from(sw, 'hex'));
    expect(inWords(await step(choose('sim')))).toBe(`failed ${at} ${code}`);
    await step(resume);
    expect(inWords(await goOn(station, bank, runId, 'sim'))).toBe('completed done');
  });

  test('a card that was swapped is noticed, and the right one goes on, also in another reader', async () => {
    await step(secrets);
    const { cards, sim } = station.counter;
    pullDuring('sign-request');
    await step(choose('sim'));
    cards.insert(cardReader, virtualPivCard({ form: 'sim' }));
    expect(inWords(await step(resume))).toMatch(/^failed \S+ card-swapped$/);
    cards.remove(cardReader);
    cards.insert('Second reader', sim);
    await recognisedIn(station, 'Second reader');
    await step(resume);
    expect(inWords(await goOn(station, bank, runId, 'sim'))).toBe('completed done');
  });
});

describe('a step fails on the SD card', () => {
  test.each([
    ['key.p8', 'write-key'],
    ['certificate.cer', 'write-certificate'],
    ['user-info.p7m', 'write-user-info'],
    ['client.html', 'write-client'],
    ['directory.json', 'write-directory'],
    ['index.html', 'write-directory'],
    ['manifest.p7s', 'write-manifest'],
  ])('a bad cell under %s stops %s, and everything is taken off', async (file, at) => {
    await step(secrets);
    station.counter.media.script(sdSlot).damageOnce((path) => path.endsWith(file), 'io-error');
    expect(inWords(await step(choose('sd-card')))).toBe(`failed ${at} medium-io-error`);
    expect(inWords(await step(undo))).toBe('completed undone');
    expect(await liveCards()).toEqual([]);
    expect(station.counter.sd.files.list('')).toEqual([]);
  });

  test.each([
    'key.p8',
    'certificate.cer',
    'user-info.p7m',
    'client.html',
    'directory.json',
    'index.html',
    'manifest.p7s',
  ])('a bad cell that nobody noticed under %s is found by reading cold', async (file) => {
    await step(secrets);
    station.counter.media.script(sdSlot).damageOnce((path) => path.endsWith(file), 'silent');
    const view = await step(choose('sd-card'));
    expect(inWords(view)).toMatch(/^failed read-back medium-(read-back-differs|signature-invalid)$/);
    expect(inWords(await step(undo))).toBe('completed undone');
    expect(await liveCards()).toEqual([]);
  });
});

describe('a restart in the middle', () => {
  test('asks the customer only for what is still needed, and again when it was mistyped', async () => {
    await step(secrets);
    pullDuring('sign-request'); // which wants the card PIN
    expect(inWords(await step(choose('sim')))).toBe('failed sign-request card-removed');
    await station.station.stop();
    station.counter.putBack();
    station = await startTestStation({ bank, folder: station.folder, counter: station.counter });
    const [view] = must(await station.teller.call('runs.list', {})).runs;
    expect(inWords(view!)).toMatch(/^failed \S+ run-interrupted$/);
    await step(resume);
    // The customer's screen waits until the station has reached the bank again.
    await vi.waitFor(async () => {
      const prompt = must(await station.customer.call('customer.prompt', {}));
      expect(prompt).toMatchObject({ kind: 'enter-secrets', fields: ['card-pin'] });
    }, 20_000);
    expect(inWords(await step(() => typeSecrets(station, bank, { cardPin: '111111' })))).toMatch(
      /^failed \S+ card-pin-wrong$/,
    );
    await step(resume);
    expect(inWords(await goOn(station, bank, runId, 'sim'))).toBe('completed done');
  });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  inWords,
  moved,
  must,
  recognisedIn,
  settled,
  startIssuance,
  startTestStation,
  typeSecrets,
  type TestStation,
} from '../../harness/start-station.ts';

/** The station as it is started for real: its devices in a process of their own, the drawer of training mode. */

let bank: TestBank;
let station: TestStation;
beforeAll(async () => {
  bank = await startBank();
  station = await startTestStation({ bank, options: { devices: undefined, realDevices: false } });
});
afterAll(async () => {
  await station.stop();
  await bank.stop();
});

const readers = async () => must(await station.teller.call('devices.list', {})).readers;
const put = async (itemId: string, reader: string) => {
  must(await station.teller.call('training.insert', { itemId, reader }));
  await recognisedIn(station, reader);
};
const issue = async (customerId: string, reader: string, kind: 'sim' | 'smart-card' | 'sd-card') => {
  const { teller } = station;
  const { runId } = must(await startIssuance(station, bank, customerId));
  let view = await settled(teller, runId);
  while (view.state.kind === 'asking') {
    const { askId, kind: question } = view.state.ask;
    const answers = (answer: unknown) => teller.call('runs.answer', { runId, askId, answer });
    view = await moved(teller, runId, () => {
      if (question === 'customer-secrets') return typeSecrets(station, bank);
      if (question === 'hand-over') return answers({ customerConfirmed: true });
      return answers({ reader, kind, algorithm: 'p-256' });
    });
  }
  return view;
};

test('readers and slots are there, empty, and say they are virtual', async () => {
  const seen = await readers();
  expect(seen.filter(({ takes }) => takes === 'card').length).toBeGreaterThanOrEqual(2);
  expect(seen.filter(({ takes }) => takes === 'sd-card').length).toBeGreaterThanOrEqual(2);
  for (const { virtual, medium } of seen) {
    expect(virtual).toBe(true);
    expect(medium).toBeUndefined();
  }
  const { connection } = must(await station.teller.call('station.describe', {}));
  expect(connection).toMatchObject({ devices: 'running', pcsc: 'absent' });
});

test('what is taken from the drawer is recognised for what it is', async () => {
  const [reader, other] = (await readers())
    .filter(({ takes }) => takes === 'card')
    .map((each) => each.reader);
  const [slot] = (await readers()).filter(({ takes }) => takes === 'sd-card').map((each) => each.reader);
  await put('sim-1', reader!);
  await put('foreign-card', other!);
  await put('sd-card-locked', slot!);
  const view = Object.fromEntries(
    (await readers()).map(({ reader: name, medium }) => [
      name,
      medium && [medium.kind, ...medium.refusals.map(({ code }) => code)],
    ]),
  );
  expect(view).toMatchObject({
    [reader!]: ['sim'],
    [other!]: ['unknown', 'card-unsupported'],
    [slot!]: ['sd-card', 'medium-write-protected'],
  });
  const { items } = must(await station.teller.call('training.drawer', {}));
  expect(items.find(({ itemId }) => itemId === 'sim-1')?.inReader).toBe(reader);
  for (const each of [other!, slot!]) must(await station.teller.call('training.remove', { reader: each }));
});

test.each([
  ['C-100001', 'card', 'sim-1', 'sim'],
  ['C-100002', 'card', 'smart-card-1', 'smart-card'],
  ['C-100003', 'sd-card', 'sd-card-1', 'sd-card'],
] as const)('%s gets a %s from the drawer: %s', async (customerId, takes, itemId, kind) => {
  const { reader } = (await readers()).find((each) => each.takes === takes)!;
  const { items } = must(await station.teller.call('training.drawer', {}));
  if (items.find((each) => each.itemId === itemId)?.inReader !== reader) {
    must(await station.teller.call('training.remove', { reader }));
    await put(itemId, reader);
  }
  expect(inWords(await issue(customerId, reader, kind))).toBe('completed done');
  await recognisedIn(station, reader);
  const code = takes === 'card' ? 'card-already-issued' : 'medium-already-issued';
  expect((await readers()).find((each) => each.reader === reader)?.medium?.refusals[0]?.code).toBe(code);
});

test('the hands of training leave their trace in the log', async () => {
  const { reader } = (await readers()).find(({ takes }) => takes === 'card')!;
  must(await station.teller.call('training.pullAt', { reader, operation: 500, when: 'after' }));
  const { itemId } = must(await station.teller.call('training.newItem', { kind: 'sim' }));
  expect(itemId).toMatch(/^sim-/);
  const manager = await station.window('manager');
  const { records } = must(await manager.call('audit.search', { filter: { text: 'training.' }, limit: 3 }));
  expect(records.map(({ event }) => event)).toEqual([
    'training.item-made',
    'training.pull-set',
    'training.inserted',
  ]);
});

test('a technician restarts the devices, and everything is there again', async () => {
  const technician = await station.window('technician');
  const before = (await readers()).map(({ reader }) => reader);
  must(await technician.call('devices.restart', {}));
  expect((await readers()).map(({ reader }) => reader)).toEqual(before);
  expect(station.bugs).toEqual([]);
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { BatchView, BatchWork } from '../../../electron/shared/contract/index.ts';
import {
  foreignCard,
  virtualBankCard,
  virtualPivCard,
  type VirtualCard,
} from '../../../native/virtual/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  cardReader,
  goOn,
  inWords,
  moved,
  must,
  sdSlot,
  settled,
  startIssuance,
  startTestStation,
  type Screen,
  type TestStation,
} from '../../harness/start-station.ts';

let bank: TestBank;
let client: BankClient;
let station: TestStation;
let technician: Screen;
const second = 'Second reader';
const customerId = 'C-100002';

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});
afterAll(() => bank.stop());
beforeEach(async () => {
  station = await startTestStation({ bank });
  technician = await station.window('technician');
  station.counter.cards.remove(cardReader);
  station.counter.media.remove(sdSlot);
});
afterEach(async () => {
  expect(station.bugs).toEqual([]);
  await station.stop();
  const { cards } = await client.must('readCustomer', { customerId });
  for (const { cardId, state } of cards) {
    if (state === 'active')
      await client.must('revokeCard', { cardId }, { reason: 'cessation', officerId: 'test' });
  }
});

const identityOf = ({ serial }: { serial: number }): string => serial.toString(16).padStart(8, '0');
const newest = async (screen = technician): Promise<BatchView> => {
  const { batches } = must(await screen.call('batches.list', { limit: 5 }));
  const [batch] = batches;
  if (!batch) throw new Error('no batch');
  return batch;
};
/** The first view of the newest batch that fits. */
const until = async (fits: (batch: BatchView) => boolean, screen = technician): Promise<BatchView> => {
  const { promise, resolve } = Promise.withResolvers<BatchView>();
  const stop = screen.on('batches.changed', (batch) => {
    if (fits(batch)) resolve(batch);
  });
  const now = await newest(screen);
  if (fits(now)) resolve(now);
  const batch = await promise;
  stop();
  return batch;
};
const start = async (work: BatchWork, readers: string[] = [cardReader, second]) => {
  const reason = work === 'wipe' ? ({ reason: 'superseded' } as const) : {};
  return must(await technician.call('batches.start', { work, readers, ...reason })).batchId;
};
const lane = (batch: BatchView, reader: string) => {
  const found = batch.lanes.find((each) => each.reader === reader);
  if (!found) throw new Error(`no lane ${reader}`);
  return found;
};
const laneIs = (reader: string, state: string) => until((batch) => lane(batch, reader).state === state);
const put = (reader: string, card: VirtualCard) => must(station.counter.cards.insert(reader, card));
/** Puts a card in, waits for its end and takes it out. */
const run = async (reader: string, card: VirtualCard) => {
  put(reader, card);
  const batch = await laneIs(reader, 'take-out');
  station.counter.cards.remove(reader);
  await laneIs(reader, 'empty');
  return lane(batch, reader).last;
};
const stopped = async (batchId: string) => {
  must(await technician.call('batches.stop', { batchId }));
  return until(({ phase }) => phase === 'ended');
};
const stockOf = async (card: { serial: number }) =>
  (await client.must('readStockCard', { mediumIdentity: identityOf(card) })).stock?.state;

describe('stock is prepared over two readers', () => {
  test('each lane takes card after card, and the bank has them in its stock', async () => {
    const batchId = await start('prepare');
    const cards = [1, 2, 3, 4].map(() => virtualPivCard());
    const endings = await Promise.all([
      (async () => [await run(cardReader, cards[0]!), await run(cardReader, cards[1]!)])(),
      (async () => [await run(second, cards[2]!), await run(second, cards[3]!)])(),
    ]);
    expect(endings.flat().map((card) => card?.outcome)).toEqual(['good', 'good', 'good', 'good']);
    for (const card of cards) {
      expect(await stockOf(card)).toBe('prepared');
      expect(card.state.piv.management.key).not.toBe('0102030405060708'.repeat(3));
      expect(Buffer.from(card.state.piv.puk.value, 'hex').toString()).not.toBe('12345678');
      expect(Buffer.from(card.state.piv.pin.value.slice(0, 12), 'hex').toString()).toBe('123456');
    }
    const batch = await stopped(batchId);
    expect(batch).toMatchObject({
      counts: { good: 4, refused: 0, failed: 0 },
      lanes: [{ ended: 2 }, { ended: 2 }],
    });
    expect(batch.cards.map(({ serial }) => serial).toSorted()).toEqual(
      cards.map(({ serial }) => String(serial)).toSorted(),
    );
  });

  test('a card with a domain of its own gets other keys there too', async () => {
    await start('prepare');
    const card = virtualBankCard();
    expect(await run(second, card)).toMatchObject({ outcome: 'good' });
    expect(card.state.domain.keys).not.toHaveProperty('255');
  });

  test('a card without a management key is prepared through its domain', async () => {
    await start('prepare');
    const card = virtualBankCard({ model: 'scp-only' });
    const ended = await run(second, card);
    expect(ended).toMatchObject({ outcome: 'good' });
    expect(Buffer.from(card.state.piv.puk.value, 'hex').toString()).not.toBe('12345678');
    const mediumIdentity = ended?.identity ?? '';
    const { stock } = await client.must('readStockCard', { mediumIdentity });
    expect(stock?.state).toBe('prepared');
  });

  test('a prepared card is issued like any other, also when the PIN has to be set a second time', async () => {
    await start('prepare');
    const card = station.counter.sim;
    expect(await run(cardReader, card)).toMatchObject({ outcome: 'good' });
    await stopped((await newest()).batchId);
    put(cardReader, card);
    expect(must(await technician.call('reprovision.inspect', { reader: cardReader }))).toMatchObject({
      content: 'blank',
      prepared: true,
    });

    const { runId } = must(await startIssuance(station, bank, customerId));
    let pulled = false;
    station.teller.on('runs.changed', (view) => {
      if (pulled || inWords(view) !== 'working set-card-pin') return;
      pulled = true;
      const script = station.counter.cards.script(cardReader);
      // The card has taken the PIN, and its answer is lost.
      script.answerOnce(([, ins]) => ins === 0xf7 && pulled, new Uint8Array([0x6f, 0x00]));
    });
    let view = await goOn(station, bank, runId, 'sim');
    // Whatever became of the first attempt, the PUK is not spent on the way.
    card.state.piv.pin.value = Buffer.from('654321').toString('hex') + 'ffff';
    if (view.state.kind === 'failed') {
      view = await moved(station.teller, runId, () => station.teller.call('runs.resume', { runId }));
      view = await goOn(station, bank, runId, 'sim');
    }
    expect(inWords(view)).toBe('completed done');
    expect(card.state.piv.puk.left).toBe(card.state.piv.puk.total);
    expect(await stockOf(card)).toBe('used');
  });

  test('undone, a card is as it left the factory, and the bank knows', async () => {
    await start('prepare');
    const card = virtualPivCard();
    let failed = false;
    technician.on('runs.changed', (view) => {
      if (failed || inWords(view) !== 'working verify-prepared') return;
      failed = true;
      station.counter.cards.remove(cardReader);
    });
    put(cardReader, card);
    const { runId } = lane(await laneIs(cardReader, 'decide'), cardReader);
    put(cardReader, card);
    must(await technician.call('runs.undo', { runId: runId! }));
    const batch = await laneIs(cardReader, 'take-out');
    expect(lane(batch, cardReader).last).toMatchObject({ outcome: 'undone' });
    expect(card.state.piv.management.key).toBe('0102030405060708'.repeat(3));
    expect(await stockOf(card)).toBeUndefined();
  });
});

describe('what goes wrong at one lane', () => {
  test('a pulled card stops its own lane only, and goes on when it is back', async () => {
    await start('prepare');
    const [torn, other] = [virtualPivCard(), virtualPivCard()];
    let pulled = false;
    technician.on('runs.changed', (view) => {
      if (pulled || view.subject.reader !== cardReader || inWords(view) !== 'working replace-keys') return;
      pulled = true;
      station.counter.cards.remove(cardReader);
    });
    put(cardReader, torn);
    const held = await laneIs(cardReader, 'decide');
    expect(lane(held, cardReader).fault?.code).toMatch(/^(card-removed|no-medium)$/);
    expect(await run(second, other)).toMatchObject({ outcome: 'good' });
    expect((await newest()).phase).toBe('running');

    put(cardReader, torn);
    // Put in again it is not begun anew: its run stands, and a person says how it goes on.
    expect(lane(await newest(), cardReader).state).toBe('decide');
    must(await technician.call('runs.resume', { runId: lane(held, cardReader).runId! }));
    const batch = await laneIs(cardReader, 'take-out');
    expect(lane(batch, cardReader).last).toMatchObject({ outcome: 'good' });
    expect(batch.counts).toMatchObject({ good: 2, failed: 0 });
    expect(await stockOf(torn)).toBe('prepared');
  });

  test('a run that is set aside stays in the journal, and the lane takes the next card', async () => {
    const batchId = await start('prepare');
    const torn = virtualPivCard();
    let pulled = false;
    technician.on('runs.changed', (view) => {
      if (pulled || inWords(view) !== 'working replace-keys') return;
      pulled = true;
      station.counter.cards.remove(cardReader);
    });
    put(cardReader, torn);
    const { runId } = lane(await laneIs(cardReader, 'decide'), cardReader);
    must(await technician.call('batches.setAside', { batchId, reader: cardReader }));
    await laneIs(cardReader, 'empty');
    expect(await run(cardReader, virtualPivCard())).toMatchObject({ outcome: 'good' });
    const { runs } = must(await technician.call('runs.list', {}));
    expect(runs.find((each) => each.runId === runId)).toMatchObject({
      workflow: 'prepare-card',
      batchId,
      state: { kind: 'failed', mayResume: true },
    });
    expect((await newest()).counts).toMatchObject({ good: 1, failed: 1 });
  });

  test('a reader that is unplugged is told at its lane', async () => {
    await start('prepare');
    station.counter.cards.removeReader(second);
    const batch = await laneIs(second, 'gone');
    expect(lane(batch, cardReader).state).toBe('empty');
    expect(await run(cardReader, virtualPivCard())).toMatchObject({ outcome: 'good' });
  });
});

describe('the breaker', () => {
  test('stops all lanes after three like faults in a row, and a person says to go on', async () => {
    const batchId = await start('prepare');
    for (const reader of [cardReader, second])
      expect(await run(reader, foreignCard())).toMatchObject({ outcome: 'refused' });
    put(cardReader, foreignCard());
    expect(await until(({ phase }) => phase === 'held')).toMatchObject({
      hold: { why: 'same-fault', faultCode: 'card-unsupported', count: 3 },
    });
    const untouched = virtualPivCard();
    const before = structuredClone(untouched.state.piv);
    put(second, untouched);
    await laneIs(second, 'paused');
    expect(untouched.state.piv).toEqual(before);
    must(await technician.call('batches.goOn', { batchId }));
    expect(lane(await laneIs(second, 'take-out'), second).last).toMatchObject({ outcome: 'good' });
    expect((await newest()).phase).toBe('running');
  });

  test('stops them when two cards went into quarantine; each waits there for two officers, and its run too', async () => {
    await start('prepare');
    const refusing = () => {
      const card = virtualPivCard();
      card.state.piv.management.key = 'a1'.repeat(24);
      return card;
    };
    await client.must(
      'quarantineCard',
      { mediumIdentity: identityOf(station.counter.sim) },
      { reason: 'channel-keys' },
    );
    expect(await run(cardReader, station.counter.sim)).toMatchObject({ outcome: 'quarantined' });
    expect(await run(second, refusing())).toMatchObject({ outcome: 'quarantined' });
    expect(await newest()).toMatchObject({ phase: 'held', hold: { why: 'quarantine', count: 2 } });
    await bank.release(identityOf(station.counter.sim));
  });

  test('goes by the rule it was started under', async () => {
    await station.stop();
    const batchPolicy = { sameFaultInARow: 1, quarantined: 1, atOnce: [] };
    station = await startTestStation({ bank, options: { batchPolicy } });
    technician = await station.window('technician');
    await start('prepare', [second]);
    await run(second, foreignCard());
    expect(await newest()).toMatchObject({ phase: 'held', policy: batchPolicy });
  });
});

describe('a batch', () => {
  test('that is stopped lets the card under way end, and begins no other', async () => {
    const batchId = await start('prepare');
    const card = virtualPivCard();
    let asked: Promise<unknown> | undefined;
    technician.on('runs.changed', (view) => {
      if (inWords(view) === 'working replace-keys') asked ??= technician.call('batches.stop', { batchId });
    });
    put(cardReader, card);
    const ended = await until(({ phase }) => phase === 'ended');
    await asked;
    expect(ended).toMatchObject({ counts: { good: 1 }, endedAt: expect.any(String) });
    expect(await stockOf(card)).toBe('prepared');
    put(second, foreignCard());
    expect((await newest()).counts.refused).toBe(0);
  });

  test('is there after a restart, held, with what became of every serial; its interrupted card goes on', async () => {
    await start('prepare');
    const first = virtualPivCard();
    await run(second, first);
    const torn = virtualPivCard();
    let stop: Promise<void> | undefined;
    technician.on('runs.changed', (view) => {
      if (inWords(view) === 'working verify-prepared') stop ??= station.station.stop();
    });
    put(cardReader, torn);
    await expect.poll(() => stop !== undefined).toBe(true);
    await stop;

    const { counter, folder } = station;
    station = await startTestStation({ bank, counter, folder });
    technician = await station.window('technician');
    const held = await until(({ phase }) => phase === 'held');
    expect(held).toMatchObject({ hold: { why: 'restart' }, counts: { good: 1 } });
    expect(held.cards.map(({ serial }) => serial)).toEqual([String(first.serial)]);
    expect(lane(held, cardReader)).toMatchObject({ state: 'decide', fault: { code: 'run-interrupted' } });
    must(await technician.call('batches.goOn', { batchId: held.batchId }));
    const batch = await laneIs(cardReader, 'take-out');
    expect(batch).toMatchObject({ phase: 'running', counts: { good: 2 } });
    expect(await stockOf(torn)).toBe('prepared');
    await stopped(held.batchId);
  });

  test('keeps its readers to itself, and there is one at a time', async () => {
    const batchId = await start('prepare', [cardReader]);
    expect(await technician.call('batches.start', { work: 'inspect', readers: [second] })).toMatchObject({
      fault: { code: 'batch-open' },
    });
    const { readers } = must(await technician.call('devices.list', {}));
    expect(readers.find(({ reader }) => reader === cardReader)?.leasedBy).toBe(batchId);
    put(cardReader, virtualPivCard());
    await laneIs(cardReader, 'take-out');
    expect(await technician.call('reprovision.inspect', { reader: cardReader })).toMatchObject({
      fault: { code: 'reader-busy' },
    });
    await stopped(batchId);
    expect(await technician.call('reprovision.inspect', { reader: cardReader })).toMatchObject({ ok: true });
  });

  test('is a technician’s, needs readers that are there and take its cards, and a reason to wipe', async () => {
    const wanted = { work: 'prepare' as const, readers: [cardReader] };
    expect(await station.teller.call('batches.start', wanted)).toMatchObject({
      fault: { code: 'not-allowed' },
    });
    const manager = await station.window('manager');
    expect(await manager.call('batches.start', wanted)).toMatchObject({ fault: { code: 'not-allowed' } });
    expect(await manager.call('batches.list', { limit: 5 })).toMatchObject({ ok: true });
    const refused = async (order: { work: BatchWork; readers: string[] }) =>
      technician.call('batches.start', order);
    expect(await refused({ work: 'prepare', readers: ['x'] })).toMatchObject({
      fault: { code: 'reader-unknown' },
    });
    expect(await refused({ work: 'prepare', readers: [sdSlot] })).toMatchObject({
      fault: { code: 'bad-input' },
    });
    expect(await refused({ work: 'wipe', readers: [cardReader] })).toMatchObject({
      fault: { code: 'bad-input' },
    });
  });

  test('is in the log from its start to its end, and its table is the one the log has the hash of', async () => {
    const batchId = await start('prepare');
    const card = virtualPivCard();
    await run(cardReader, card);
    await run(second, foreignCard());
    await stopped(batchId);
    const { path, sha256 } = must(await technician.call('batches.export', { batchId, locale: 'en' }));
    const text = readFileSync(path);
    expect(createHash('sha256').update(text).digest('hex')).toBe(sha256);
    expect(path).toContain('TRAINING-batch-');
    expect(text.toString()).toContain(`${card.serial},Prepared,good,`);
    expect(text.toString()).toContain('Not suited,refused,card-unsupported,');
    const manager = await station.window('manager');
    const { records } = must(await manager.call('audit.search', { filter: { text: batchId }, limit: 100 }));
    const events = records.map(({ event, outcome }) => `${event} ${outcome}`).toReversed();
    expect(events.filter((event) => event.startsWith('batch.'))).toEqual([
      'batch.started ok',
      'batch.card-ended ok',
      'batch.card-ended refused',
      'batch.stopped ok',
      'batch.ended ok',
      'batch.exported ok',
    ]);
    expect(records.find(({ event }) => event === 'batch.exported')?.data).toMatchObject({ sha256 });
  });
});

describe('returned cards', () => {
  const issued = async () => {
    station.counter.putBack();
    const { runId } = must(await startIssuance(station, bank, customerId));
    const view = await goOn(station, bank, runId, 'sim');
    expect(inWords(view)).toBe('completed done');
    station.counter.cards.remove(cardReader);
    station.counter.media.remove(sdSlot);
    return view.subject.cardId!;
  };

  test('are wiped when the bank has ended them, and left alone while they are in force', async () => {
    const cardId = await issued();
    await start('wipe');
    const before = structuredClone(station.counter.sim.state.piv);
    expect(await run(cardReader, station.counter.sim)).toMatchObject({
      outcome: 'refused',
      faultCode: 'card-in-force',
    });
    expect(station.counter.sim.state.piv).toEqual(before);
    expect((await client.must('readCard', { cardId })).card.state).toBe('active');

    await client.must('revokeCard', { cardId }, { reason: 'superseded', officerId: 'test' });
    expect(await run(cardReader, station.counter.sim)).toMatchObject({ outcome: 'good' });
    expect(station.counter.sim.state.piv.objects).toEqual({});
    expect((await client.must('readCard', { cardId })).card.state).toBe('wiped');
  });

  test('that an issuance left unfinished are not a batch’s to wipe', async () => {
    station.counter.putBack();
    const { runId } = must(await startIssuance(station, bank, customerId));
    await settled(station.teller, runId);
    station.counter.cards.script(cardReader).pullAt(45, 'after');
    expect((await goOn(station, bank, runId, 'sim')).state.kind).toBe('failed');
    station.counter.media.remove(sdSlot);
    await start('wipe', [second]);
    expect(await run(second, station.counter.sim)).toMatchObject({
      outcome: 'refused',
      faultCode: 'card-incomplete',
    });
    station.counter.cards.insert(cardReader, station.counter.sim);
    await moved(station.teller, runId, () => station.teller.call('runs.undo', { runId }));
  });

  test('are inspected one after another, and what differs is counted', async () => {
    await issued();
    await start('inspect', [cardReader, second, sdSlot]);
    expect(await run(cardReader, station.counter.sim)).toMatchObject({
      outcome: 'good',
      content: 'complete',
      differing: 0,
    });
    station.counter.sim.state.piv.objects['5fff12'] = '00'.repeat(20);
    expect(await run(second, station.counter.sim)).toMatchObject({ content: 'complete', differing: 2 });
    expect(await run(cardReader, virtualPivCard())).toMatchObject({ outcome: 'good', content: 'blank' });
    station.counter.media.insert(sdSlot, station.counter.sd);
    expect(lane(await laneIs(sdSlot, 'take-out'), sdSlot).last).toMatchObject({
      kind: 'sd-card',
      content: 'blank',
    });
    await client.must('readCustomer', { customerId });
  });
});

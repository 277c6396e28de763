import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readStartPage } from '../../../native/applications/sd/index.ts';
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
const customerId = 'C-100001';

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});
afterAll(() => bank.stop());
beforeEach(async () => {
  station = await startTestStation({ bank });
  technician = await station.window('technician');
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

const media = [
  ['sim', cardReader],
  ['sd-card', sdSlot],
] as const;

const issue = async (kind: 'sim' | 'sd-card') => {
  const { runId } = must(await startIssuance(station, bank, customerId));
  const view = await goOn(station, bank, runId, kind);
  expect(inWords(view)).toBe('completed done');
  return view.subject.cardId!;
};
const inspect = async (reader: string) => must(await technician.call('reprovision.inspect', { reader }));
const wipe = async (reader: string, reason: 'superseded' | 'unfinished' = 'superseded') => {
  const { runId } = must(await technician.call('reprovision.wipe', { reader, reason }));
  return settled(technician, runId);
};
const recordOf = async (cardId: string) => (await client.must('readCard', { cardId })).card;

describe.each(media)('a %s', (kind, reader) => {
  test('that is blank has nothing to compare and nothing to wipe', async () => {
    expect(await inspect(reader)).toMatchObject({ content: 'blank', lines: [], actions: ['none'] });
  });

  test('is wiped: revoked at the bank first, then blank, and free for another issuance', async () => {
    const cardId = await issue(kind);
    const states: string[] = [];
    technician.on('runs.changed', (view) => states.push(inWords(view)));
    expect(inWords(await wipe(reader))).toBe('completed done');
    expect(states).toEqual([
      'working inspect-card',
      'working revoke',
      'working wipe',
      'working verify-blank',
      'working report-wiped',
      'completed done',
    ]);
    expect(await recordOf(cardId)).toMatchObject({
      state: 'wiped',
      certificate: { state: 'revoked', reason: 'superseded' },
      registration: { state: 'closed' },
    });
    expect(await inspect(reader)).toMatchObject({ content: 'blank', bankRecord: { cardId, state: 'wiped' } });
    const again = await issue(kind);
    expect(again).not.toBe(cardId);
    expect(inWords(await wipe(reader))).toBe('completed done');
  });

  test('that was left unfinished is found out and wiped', async () => {
    const { runId } = must(await startIssuance(station, bank, customerId));
    const script =
      kind === 'sim' ? station.counter.cards.script(reader) : station.counter.media.script(reader);
    await settled(station.teller, runId);
    script.pullAt(kind === 'sim' ? 45 : 20, 'after');
    const stopped = await goOn(station, bank, runId, kind);
    expect(stopped.state.kind).toBe('failed');
    station.counter.putBack();
    const cardId = stopped.subject.cardId!;
    const seen = await inspect(reader);
    expect(seen).toMatchObject({ content: 'incomplete', actions: ['wipe'], bankRecord: { cardId } });
    expect(inWords(await wipe(reader, 'unfinished'))).toBe('completed done');
    expect((await recordOf(cardId)).state).toBe('wiped');
    expect((await inspect(reader)).content).toBe('blank');
    // The teller's run has nothing left to take back, and says so.
    const undone = await moved(station.teller, runId, () => station.teller.call('runs.undo', { runId }));
    expect(inWords(undone)).toBe('completed undone');
  });

  test('pulled while it is wiped is worthless already, and wiped when it is back', async () => {
    const cardId = await issue(kind);
    const script =
      kind === 'sim' ? station.counter.cards.script(reader) : station.counter.media.script(reader);
    let pulled = false;
    technician.on('runs.changed', (view) => {
      if (!pulled && inWords(view) === 'working wipe') script.pullAt(5, 'after');
      pulled ||= inWords(view) === 'working wipe';
    });
    const { runId } = must(await technician.call('reprovision.wipe', { reader, reason: 'cessation' }));
    const stopped = await settled(technician, runId);
    expect(inWords(stopped)).toMatch(/^failed wipe (card|medium)-removed$/);
    expect((await recordOf(cardId)).certificate?.state).toBe('revoked');
    station.counter.putBack();
    await moved(technician, runId, () => technician.call('runs.resume', { runId }));
    expect(inWords(await settled(technician, runId))).toBe('completed done');
    expect(await recordOf(cardId)).toMatchObject({ state: 'wiped', certificate: { reason: 'cessation' } });
  });
});

describe('what differs is said line by line', () => {
  test('a card whose certificate somebody replaced', async () => {
    await issue('sim');
    const { objects } = station.counter.sim.state.piv;
    objects['5fff12'] = '00'.repeat(20);
    const { lines, content } = await inspect(cardReader);
    expect(content).toBe('complete');
    expect(lines.find(({ item }) => item === 'user-info')).toMatchObject({
      card: 'signature-invalid',
      verdict: 'differs',
    });
    await wipe(cardReader);
  });

  test('an SD card that lost a file', async () => {
    await issue('sd-card');
    station.counter.sd.files.remove('BANKCARD/qingyu-training/certificate.cer');
    station.counter.media.remove(sdSlot);
    station.counter.putBack();
    const { lines, content, actions } = await inspect(sdSlot);
    expect(content).toBe('incomplete');
    expect(lines.find(({ item }) => item === 'certificate')?.verdict).toBe('missing');
    expect(actions).toEqual(['wipe']);
    expect(inWords(await wipe(sdSlot))).toBe('completed done');
  });
});

describe('what is not this bank’s is left alone', () => {
  test('somebody else’s card', async () => {
    station.counter.sim.state.piv.objects['5fc105'] = '7003010203710100fe00';
    const seen = await inspect(cardReader);
    expect(seen).toMatchObject({ content: 'foreign', actions: ['none'] });
    const view = await wipe(cardReader);
    expect(inWords(view)).toBe('failed inspect-card card-foreign');
    expect(station.counter.sim.state.piv.objects['5fc105']).toBeDefined();
  });

  test('the customer’s own files on the same card stay', async () => {
    station.counter.sd.files.write('DCIM/1.JPG', Buffer.from('picture'));
    await issue('sd-card');
    await wipe(sdSlot);
    expect(station.counter.sd.files.list('')).toEqual(['DCIM/1.JPG']);
  });

  test('another bank’s card on the same medium, through issuance and wiping, byte for byte', async () => {
    const { files } = station.counter.sd;
    const theirs = ['key.p8', 'certificate.cer', 'user-info.p7m', 'client.html', 'manifest.p7s'].map(
      (name, at) => [`BANKCARD/haihe/${name}`, Buffer.alloc(100 + at, at)] as const,
    );
    for (const [path, bytes] of theirs) files.write(path, bytes);
    const entry = { bankId: 'haihe', bankName: '海河银行', cardId: 'HH-7', since: 'a later version' };
    const index = { format: 'cardwright-directory', version: 1, banks: [entry] };
    files.write('BANKCARD/directory.json', Buffer.from(JSON.stringify(index)));
    const banksNow = (): unknown[] =>
      JSON.parse(Buffer.from(files.read('BANKCARD/directory.json') ?? []).toString()).banks;
    const expectTheirs = () => {
      for (const [path, bytes] of theirs) expect(Buffer.from(files.read(path) ?? [])).toEqual(bytes);
    };

    const cardId = await issue('sd-card');
    expectTheirs();
    expect(banksNow()).toEqual([entry, expect.objectContaining({ cardId })]);
    expect(await inspect(sdSlot)).toMatchObject({ content: 'complete', bankRecord: { cardId } });
    expect(inWords(await wipe(sdSlot))).toBe('completed done');
    expectTheirs();
    expect(banksNow()).toEqual([entry]);
    expect(readStartPage(files.read('BANKCARD/index.html')!)).toEqual([
      { bankId: 'haihe', bankName: '海河银行', cardId: 'HH-7' },
    ]);
    expect(files.list('')).toEqual(
      ['BANKCARD/directory.json', 'BANKCARD/index.html', ...theirs.map(([path]) => path)].toSorted(),
    );
  });

  test('an empty reader and one that is not there', async () => {
    station.counter.cards.remove(cardReader);
    expect(await technician.call('reprovision.inspect', { reader: cardReader })).toMatchObject({
      fault: { code: 'no-medium' },
    });
    expect(await technician.call('reprovision.inspect', { reader: 'x' })).toMatchObject({
      fault: { code: 'reader-unknown' },
    });
  });
});

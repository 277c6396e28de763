import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunView } from '../../../electron/shared/contract/index.ts';
import { readCredential } from '../../../native/applications/sd/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  goOn,
  inWords,
  moved,
  must,
  recognisedIn,
  sdSlot,
  settled,
  startIssuance,
  startTestStation,
  tinyClientOf,
  type Screen,
  type TestStation,
} from '../../harness/start-station.ts';
import { exits, patience, pulledEverywhere, type Exit, type TroubledRuns } from '../../harness/troubles.ts';

let bank: TestBank;
let client: BankClient;
let station: TestStation;
let technician: Screen;
let available = '0.1.0';
let cardId = '';
const customerId = 'C-100001';
const folder = 'BANKCARD/qingyu-training';

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});
afterAll(() => bank.stop());
beforeEach(async () => {
  available = '0.1.0';
  station = await startTestStation({
    bank,
    options: { phoneClient: () => Promise.resolve(tinyClientOf(available)) },
  });
  technician = await station.window('technician');
  const { runId } = must(await startIssuance(station, bank, customerId));
  const issued = await goOn(station, bank, runId, 'sd-card');
  expect(inWords(issued)).toBe('completed done');
  cardId = issued.subject.cardId ?? '';
  available = '0.10.0';
});
afterEach(async () => {
  expect(station.bugs).toEqual([]);
  await station.stop();
  await client.must('revokeCard', { cardId }, { reason: 'cessation', officerId: 'test' });
});

const inspect = async () => must(await technician.call('reprovision.inspect', { reader: sdSlot }));
const upgrade = async (): Promise<string> =>
  must(await technician.call('reprovision.upgradeClient', { reader: sdSlot })).runId;
const filesOn = (): Record<string, string> =>
  Object.fromEntries(
    station.counter.sd.files
      .list('')
      .map((path) => [path, Buffer.from(station.counter.sd.files.read(path) ?? []).toString('base64')]),
  );
const recordOf = async () => (await client.must('readCard', { cardId })).card;
const credentialOn = () => must(readCredential(station.counter.sd.files.read(`${folder}/client.html`)!));
const exit = (name: Exit, runId: string): Promise<RunView> =>
  moved(technician, runId, () => technician.call(name, { runId }));

/** Card, bank and CA agree, nothing is left over, and the credential is the one that was issued. */
const expectWhole = async (version: string, issued: { files: Record<string, string> }) => {
  const { lines, content, client: versions } = await inspect();
  expect(content).toBe('complete');
  expect(lines.filter(({ verdict }) => verdict === 'differs' || verdict === 'missing')).toEqual([]);
  expect(versions?.onCard).toBe(version);
  expect(await recordOf()).toMatchObject({ state: 'active', clientVersion: version });
  const now = filesOn();
  expect(Object.keys(now)).toEqual(Object.keys(issued.files));
  for (const file of ['key.p8', 'certificate.cer', 'user-info.p7m'])
    expect(now[`${folder}/${file}`]).toBe(issued.files[`${folder}/${file}`]);
};

describe('the phone client on a card', () => {
  test('is replaced by the newer one of the station; the credential stays, and the bank knows', async () => {
    const issued = { files: filesOn(), credential: credentialOn() };
    expect(await inspect()).toMatchObject({
      client: { onCard: '0.1.0', available: '0.10.0' },
      actions: ['upgrade-client', 'restart-chain', 'wipe'],
    });
    const states: string[] = [];
    technician.on('runs.changed', (view) => states.push(inWords(view)));
    expect(inWords(await settled(technician, await upgrade()))).toBe('completed done');
    expect(states).toEqual([
      'working inspect-card',
      'working write-client',
      'working sign-manifest',
      'working write-manifest',
      'working read-back',
      'working report-client',
      'completed done',
    ]);
    await expectWhole('0.10.0', issued);
    expect(credentialOn()).toEqual(issued.credential);
    expect((await inspect()).actions).toEqual(['restart-chain', 'wipe']);
  });

  test('is not replaced by the same or an older one, nor on a card that is not in force', async () => {
    for (const version of ['0.1.0', '0.0.99']) {
      available = version;
      expect((await inspect()).actions).toEqual(['restart-chain', 'wipe']);
      expect(inWords(await settled(technician, await upgrade()))).toBe(
        'failed inspect-card client-not-newer',
      );
    }
    station.counter.sd.files.remove(`${folder}/manifest.p7s`);
    available = '0.10.0';
    expect(inWords(await settled(technician, await upgrade()))).toBe('failed inspect-card medium-incomplete');
  });

  test('is not replaced where the card no longer is as it was sealed', async () => {
    const key = `${folder}/key.p8`;
    const damaged = Uint8Array.from(station.counter.sd.files.read(key) ?? []);
    damaged[damaged.length - 1]! ^= 1;
    station.counter.sd.files.write(key, damaged);
    const before = filesOn();
    const view = await settled(technician, await upgrade());
    expect(inWords(view)).toMatch(/^failed inspect-card medium-/);
    expect(filesOn()).toEqual(before);
  });

  test('is put back under its old seal when the medium keeps other bytes than it was given', async () => {
    const issued = { files: filesOn() };
    station.counter.media.script(sdSlot).damageOnce((path) => path.endsWith('client.html'), 'silent');
    const runId = await upgrade();
    expect(inWords(await settled(technician, runId))).toMatch(/^failed read-back medium-/);
    expect(inWords(await exit('runs.undo', runId))).toBe('completed undone');
    expect(filesOn()).toEqual(issued.files);
    await expectWhole('0.1.0', issued);
  });
});

describe('an upgrade whose card is pulled', () => {
  const script = () => station.counter.media.script(sdSlot);
  const runs: TroubledRuns = {
    station: () => station,
    reader: sdSlot,
    script: {
      count: () => script().count,
      pullAt: (operation, when) => script().pullAt(operation, when),
      clear: () => script().clear(),
    },
    async before() {
      const onCard = (await inspect()).client?.onCard ?? '';
      // Each round has its own newer version.
      available = `${Number(available.split('.')[0]) + 1}.0.0`;
      const issued = { files: filesOn() };
      return async (view) => {
        const { client: now } = await inspect();
        // Once the old program is gone an undo comes too late: then the card is upgraded.
        expect([onCard, available]).toContain(now?.onCard);
        if (inWords(view) === 'completed done') expect(now?.onCard).toBe(available);
        await expectWhole(now?.onCard ?? '', issued);
      };
    },
    begin: () => technician.call('reprovision.upgradeClient', { reader: sdSlot }),
    settle: (runId) => settled(technician, runId),
    exit,
  };

  test.each(exits)(
    'at any operation ends whole by %s, with a card that says what the bank says',
    async (way) =>
      expect(await pulledEverywhere(runs, way, 4)).toEqual(
        way === 'runs.resume' ? ['completed done'] : ['completed done', 'completed undone'],
      ),
    patience,
  );

  test('goes on after a restart of the station', async () => {
    const issued = { files: filesOn() };
    const script = station.counter.media.script(sdSlot);
    let pulled = false;
    technician.on('runs.changed', (view) => {
      if (!pulled && inWords(view) === 'working write-client') script.pullAt(9, 'during');
      pulled ||= inWords(view) === 'working write-client';
    });
    const runId = await upgrade();
    expect(inWords(await settled(technician, runId))).toMatch(/^failed .* medium-removed$/);
    await station.station.stop();
    station.counter.putBack();
    station = await startTestStation({
      bank,
      folder: station.folder,
      counter: station.counter,
      options: { phoneClient: () => Promise.resolve(tinyClientOf(available)) },
    });
    technician = await station.window('technician');
    await recognisedIn(station, sdSlot);
    await exit('runs.resume', runId);
    expect(inWords(await settled(technician, runId))).toBe('completed done');
    await expectWhole('0.10.0', issued);
  });
});

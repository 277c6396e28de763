import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SignedTreeHead } from '../../../electron/shared/bank-api/index.ts';
import { startInProcess, type InProcessBank } from '../../harness/standalone-in-process.ts';
import {
  must,
  startTestStation,
  type BankOfStation,
  type Screen,
  type TestStation,
} from '../../harness/start-station.ts';

/*
 * A station's disk was lost, or came back from an older copy. The bank has more of its log than the station, and says
 * so until the bank's own people let the station begin another one.
 */

const manager = { officerId: 'M-1', password: 'vier Kraniche im Nebel' };
let house: InProcessBank;
let bank: BankOfStation;
let folder: string;
let station: TestStation | undefined;
let screen: Screen;
let stationId: string;

beforeAll(async () => {
  house = await startInProcess();
  bank = { stationFolder: house.stationFolder, server: { apiOrigin: house.apiOrigin } };
}, 60_000);
afterAll(() => house.stop());
const stop = async (): Promise<void> => {
  expect(station?.bugs ?? []).toEqual([]);
  await station?.stop();
  station = undefined;
};
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const open = async (): Promise<void> => {
  station = await startTestStation({
    bank,
    folder,
    isAnchored: true,
    isTellerOut: true,
    options: { training: false, officerCards: 'optional' },
  });
  screen = station.teller;
  ({ stationNumber: stationId } = must(await screen.call('station.describe', {})));
  if (must(await screen.call('officers.session', {})).noOfficers) {
    const admitted = await house.command('admit-first-manager', stationId, '--officer', 'operations');
    const { code } = admitted as { code: string };
    must(await screen.call('officers.enterFirst', { ...manager, name: 'Chen Jing', code }));
  }
  must(await screen.call('officers.signIn', manager));
};
const verified = async () => must(await screen.call('audit.verify', {}));
const begin = () =>
  house.command('begin-station-log', stationId, '--officer', 'operations') as Promise<unknown> as Promise<{
    tree: string;
    before: { tree: string; head: SignedTreeHead };
  }>;

describe('a station whose bank has more of its log', () => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cardwright-disk-'));
    await open();
    // Of the test before.
    await begin().catch(() => undefined);
    for (let each = 0; each < 3; each++) await verified();
  });

  test('after a new disk begins another log when the bank’s people say so; the one before stays', async () => {
    const before = await verified();
    expect(before).toMatchObject({ intact: true, anchored: before.records });
    await stop();
    rmSync(join(folder, 'data'), { recursive: true });
    await open();
    const other = { intact: false, bankHasAnother: true, anchored: before.records };
    expect(await verified()).toMatchObject(other);
    expect(await verified()).toMatchObject(other);
    const { records: told } = must(
      await screen.call('audit.search', { filter: { event: 'audit.contradicted' }, limit: 5 }),
    );
    expect(told).toHaveLength(1);

    const begun = await begin();
    expect(begun.before.head.size).toBe(before.records);
    expect(begun.tree).toMatch(new RegExp(`^${stationId}@\\d+$`));
    expect(begun.before.tree).not.toBe(begun.tree);
    const after = await verified();
    expect(after).toMatchObject({ intact: true, anchored: after.records });
    const { logs } = (await house.command('list-station-logs')) as { logs: object[] };
    expect(logs[0]).toMatchObject({ stationId, tree: begun.tree, by: 'operations' });
    // Held to that one from now on.
    await stop();
    rmSync(join(folder, 'data'), { recursive: true });
    await open();
    expect(await verified()).toMatchObject({ intact: false });
  });

  test('after an older copy does so too', async () => {
    await stop();
    cpSync(join(folder, 'data'), join(folder, 'copy'), { recursive: true });
    await open();
    const before = await verified();
    await stop();
    rmSync(join(folder, 'data'), { recursive: true });
    cpSync(join(folder, 'copy'), join(folder, 'data'), { recursive: true });
    await open();
    expect(await verified()).toMatchObject({ intact: false });
    expect((await begin()).before.head.size).toBe(before.records);
    const after = await verified();
    expect(after).toMatchObject({ intact: true, anchored: after.records });
  });
});

test('a log that the bank does not have is not begun anew, nor on nobody’s word', async () => {
  folder = mkdtempSync(join(tmpdir(), 'cardwright-disk-'));
  await expect(house.command('begin-station-log', 'station-of-nobody', '--officer', 'x')).rejects.toThrow(
    'no-log',
  );
  await expect(house.command('begin-station-log', 'station-of-nobody')).rejects.toThrow(
    '--officer is missing',
  );
  await expect(house.command('begin-station-log', '--officer', 'x')).rejects.toThrow('of which one?');
});

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appletCatalogue } from '../../../electron/bank-server/applets/applet-catalogue.ts';
import {
  supplyApplets,
  supplyTrainingApplets,
  trainingApplet,
} from '../../../electron/bank-server/training/supply-training-applets.ts';
import { parseCapFile } from '../../../native/applications/globalplatform/index.ts';
import { must } from '../../harness/start-station.ts';

let folder: string;
const logged: string[] = [];
const log = pino({}, { write: (line: string) => void logged.push(line) });
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cardwright-applets-'));
  logged.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = () => appletCatalogue(folder, log).read();
const list = () => join(folder, 'applets.json');
type Entry = Record<string, unknown>;
/** The list as whoever runs the bank has written it. */
const change = (edit: (entries: Entry[]) => void): void => {
  const { packages } = JSON.parse(readFileSync(list(), 'utf8')) as { packages: Entry[] };
  edit(packages);
  writeFileSync(list(), JSON.stringify({ packages }));
};
const reasonOf = async (): Promise<unknown> => {
  const refused = await read();
  expect(refused).toMatchObject({ ok: false, fault: { code: 'applet-damaged' } });
  expect(logged.join('')).toContain('the applets cannot be served');
  return refused.ok ? undefined : refused.fault.data;
};

describe('the applets of a bank', () => {
  it('are none where there is no list, or no folder', async () => {
    expect(must(await read())).toEqual([]);
    expect(must(await appletCatalogue(join(folder, 'none'), log).read())).toEqual([]);
    expect(logged).toEqual([]);
  });

  it('are what the list says, with CAP files that a station can read', async () => {
    supplyTrainingApplets(folder);
    const supplied = must(await read());
    expect(supplied.map((each) => each.package.version)).toEqual(['1.0', '1.1']);
    for (const { package: applet, capFile } of supplied) {
      const cap = must(parseCapFile(capFile));
      expect(Buffer.from(cap.packageAid).toString('hex')).toBe(applet.packageAid);
      expect(`${cap.version.major}.${cap.version.minor}`).toBe(applet.version);
      expect(applet.instances[0]).toMatchObject({ privileges: '00', parameters: '' });
    }
    // A list that somebody has put there stays.
    change((entries) => entries.pop());
    supplyTrainingApplets(folder);
    expect(must(await read())).toHaveLength(1);
  });

  it('are read anew each time', async () => {
    const applets = appletCatalogue(folder, log);
    supplyApplets(folder, [{ version: '1.0' }]);
    expect(must(await applets.read())).toHaveLength(1);
    supplyApplets(folder, [{ version: '1.0' }, { version: '1.2' }]);
    expect(must(await applets.read())).toHaveLength(2);
  });

  it('are not served at all when one of them is not what the list says', async () => {
    supplyTrainingApplets(folder);
    writeFileSync(join(folder, `${trainingApplet.packageAid}-1.0.cap`), 'another');
    expect(await reasonOf()).toMatchObject({ reason: expect.stringContaining('SHA-256') });
    rmSync(join(folder, `${trainingApplet.packageAid}-1.0.cap`));
    expect(await reasonOf()).toMatchObject({ reason: expect.stringContaining('missing') });
  });

  it.each([
    ['a field that nobody knows', (entry: Entry) => (entry.downgrade = true), 'packages.0'],
    ['a path', (entry: Entry) => (entry.file = '../keys/passphrase'), 'packages.0.file'],
    ['an AID that is none', (entry: Entry) => (entry.packageAid = 'F043'), 'packages.0.packageAid'],
    ['a version that no package has', (entry: Entry) => (entry.version = '1.256'), 'packages.0.version'],
    ['no word about data', (entry: Entry) => delete entry.holdsCustomerData, 'holdsCustomerData'],
    ['no card', (entry: Entry) => (entry.cards = []), 'packages.0.cards'],
    ['a minimum above itself', (entry: Entry) => (entry.minimumVersion = '3.0'), 'minimumVersion'],
    [
      'a signature without a hash',
      (entry: Entry) => {
        delete entry.hash;
        entry.daps = [{ domainAid: 'f0435700ff', signature: 'AAAA' }];
      },
      'hash',
    ],
  ])('are refused with %s, and the bank is told where', async (_, edit, where) => {
    supplyTrainingApplets(folder);
    change(([entry]) => {
      edit(entry!);
    });
    expect(await reasonOf()).toMatchObject({
      file: 'applets.json',
      reason: expect.stringContaining(where),
    });
  });

  it('are refused with a version twice, text that is no JSON, or a list that is a folder', async () => {
    supplyTrainingApplets(folder);
    change((entries) => entries.push(entries[0]!));
    expect(await reasonOf()).toMatchObject({ reason: expect.stringContaining('twice') });
    writeFileSync(list(), '{');
    expect(await reasonOf()).toMatchObject({ file: 'applets.json' });
    rmSync(list());
    mkdirSync(list());
    expect(await reasonOf()).toMatchObject({ file: 'applets.json' });
  });
});

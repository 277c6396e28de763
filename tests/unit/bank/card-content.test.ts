import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appletCatalogue } from '../../../electron/bank-server/applets/applet-catalogue.ts';
import { cardContent } from '../../../electron/bank-server/key-service/card-content.ts';
import { allowCommand } from '../../../electron/bank-server/key-service/station-commands.ts';
import {
  supplyApplets,
  trainingApplet,
} from '../../../electron/bank-server/training/supply-training-applets.ts';
import { concatBytes, fromHex, type CommandApdu } from '../../../electron/shared/codec/index.ts';
import { loadFile, loadFileHash } from '../../../native/applications/globalplatform/cap/load-file.ts';
import {
  deleteKeys,
  deleteObject,
  installForInstall,
  installForLoad,
  installForPersonalization,
  loadBlocks,
  setStatus,
  storeDataBlocks,
} from '../../../native/applications/globalplatform/content/content-commands.ts';
import { getStatus, registryPart } from '../../../native/applications/globalplatform/content/get-status.ts';
import { parseCapFile } from '../../../native/applications/globalplatform/index.ts';
import { managementCommands } from '../../../native/applications/piv/index.ts';
import { must } from '../../harness/start-station.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cardwright-content-'));
  supplyApplets(folder, [{ version: '1.0' }, { version: '1.1' }, { version: '2.0', packageAid: otherAid }]);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { packageAid, instanceAid } = trainingApplet;
const otherAid = 'f04357000102';
const capOf = (version: string, of: string = packageAid) =>
  must(parseCapFile(new Uint8Array(readFileSync(join(folder, `${of}-${version}.cap`)))));
const begin = (version: string, of: string = packageAid) =>
  installForLoad({ packageAid: fromHex(of), hash: loadFileHash(capOf(version, of), 'sha-256') });
const blocks = (version: string, of: string = packageAid) => loadBlocks(loadFile(capOf(version, of)), 200);
const wanted = {
  packageAid: fromHex(packageAid),
  moduleAid: fromHex(instanceAid),
  instanceAid: fromHex(instanceAid),
  privileges: fromHex('00'),
  parameters: new Uint8Array(0),
};

/** What is refused of these, each command by another process of the bank; undefined: nothing. */
const refusalOf = async (
  commands: readonly CommandApdu[],
  keys: 'factory' | 'diversified' = 'diversified',
): Promise<unknown> => {
  let state: string | null = null;
  for (const command of commands) {
    const content = cardContent(appletCatalogue(folder, pino({ level: 'silent' })), keys, state);
    const allowed = await allowCommand(content, command);
    if (!allowed.ok) return allowed.fault.data.reason ?? allowed.fault.code;
    state = content.state();
  }
  return state === null ? undefined : 'unfinished';
};

const changed = (command: CommandApdu, at: number): CommandApdu => ({
  ...command,
  data: (command.data ?? new Uint8Array(0)).map((byte, place) => (place === at ? byte ^ 1 : byte)),
});

describe('a station loads', () => {
  it.each(['1.0', '1.1'])('version %s of the bank’s list, block by block', async (version) => {
    expect(blocks(version).length).toBeGreaterThan(3);
    expect(await refusalOf([begin(version), ...blocks(version)])).toBeUndefined();
    expect(await refusalOf([begin(version), ...blocks(version).slice(0, -1)])).toBe('unfinished');
  });

  it('a file that the list asks no hash of, whichever of its versions it turns out to be', async () => {
    supplyApplets(folder, [
      { version: '1.0', hash: undefined },
      { version: '1.1', hash: undefined, source: { methodLength: 640 } },
    ]);
    const bare = installForLoad({ packageAid: fromHex(packageAid) });
    expect(await refusalOf([bare, ...blocks('1.0')])).toBeUndefined();
    expect(await refusalOf([bare, ...blocks('1.1')])).toBeUndefined();
    expect(await refusalOf([bare, blocks('1.0')[0]!, ...blocks('1.1').slice(1)])).toBe('other-content');
  });

  it('signatures in front of the code only as the list has them', async () => {
    const dap = { domainAid: 'f0435700ff', signature: 'AQIDBAUGBwg=' };
    const signedBy = (signature: string) =>
      loadBlocks(
        loadFile(capOf('1.0'), [{ domainAid: fromHex(dap.domainAid), signature: fromHex(signature) }]),
        200,
      );
    expect(await refusalOf([begin('1.0'), ...signedBy('0102030405060708')])).toBe('parameters');
    supplyApplets(folder, [{ version: '1.0', daps: [dap] }]);
    expect(await refusalOf([begin('1.0'), ...signedBy('0102030405060708')])).toBeUndefined();
    expect(await refusalOf([begin('1.0'), ...signedBy('0102030405060709')])).toBe('parameters');
    // A run that began before the list had a signature; the card says whether it takes that.
    expect(await refusalOf([begin('1.0'), ...blocks('1.0')])).toBeUndefined();
    const mixed = [signedBy('0102030405060708')[0]!, ...blocks('1.0').slice(1)];
    expect(await refusalOf([begin('1.0'), ...mixed])).toBe('other-content');
  });

  it('no other package, whatever it says of itself', async () => {
    const foreign = installForLoad({ packageAid: fromHex('f04357009901') });
    expect(await refusalOf([foreign])).toBe('unknown-package');
    const hash = loadFileHash(capOf('1.0'), 'sha-256');
    expect(await refusalOf([installForLoad({ packageAid: fromHex(otherAid), hash })])).toBe(
      'unknown-package',
    );
    const forged = new Uint8Array(32);
    expect(await refusalOf([installForLoad({ packageAid: fromHex(packageAid), hash: forged })])).toBe(
      'unknown-package',
    );
    // The right content of one package under the name of another.
    expect(await refusalOf([begin('2.0', otherAid), ...blocks('1.0')])).toBe('other-content');
    expect(await refusalOf([begin('1.0'), ...blocks('1.1')])).toBe('other-content');
  });

  it('not one byte that is not the bank’s, none less and none more', async () => {
    const file = blocks('1.0');
    for (const [at, block] of file.entries())
      for (const place of [0, (block.data?.length ?? 0) - 1])
        expect(
          await refusalOf([begin('1.0'), ...file.with(at, changed(block, place))]),
          `block ${at}, byte ${place}`,
        ).toBe('other-content');
    const last = file.at(-1)!;
    const longer = { ...last, data: concatBytes(last.data!, fromHex('00')) };
    expect(await refusalOf([begin('1.0'), ...file.with(-1, longer)])).toBe('other-content');
    expect(await refusalOf([begin('1.0'), { ...file[0]!, p1: 0x80 }])).toBe('other-content');
    expect(await refusalOf([begin('1.0'), ...file.with(-1, { ...last, p1: 0 })])).toBe('other-content');
    expect(await refusalOf([begin('1.0'), { ...file[0]!, data: new Uint8Array(0) }])).toBe('other-content');
  });

  it('the blocks in their order, after INSTALL [for load], and nothing between them', async () => {
    const file = blocks('1.0');
    const [first, second, third] = file;
    expect(await refusalOf(file)).toBe('load-order');
    expect(await refusalOf([begin('1.0'), second!, first!, ...file.slice(2)])).toBe('load-order');
    expect(await refusalOf([begin('1.0'), first!, third!])).toBe('load-order');
    expect(await refusalOf([begin('1.0'), first!, first!])).toBe('load-order');
    expect(await refusalOf([begin('1.0'), ...file, file.at(-1)!])).toBe('load-order');
    expect(await refusalOf([begin('1.0'), { ...first!, p1: 0x40 }])).toBe('load-order');
    for (const between of [
      begin('1.0'),
      installForInstall(wanted),
      deleteObject(fromHex(packageAid), true),
      getStatus(registryPart.packages, false),
      managementCommands.generateKey('9a', 'p-256').apdu,
    ])
      expect(await refusalOf([begin('1.0'), first!, between])).toBe('load-order');
  });

  it('no more when the package has gone from the list meanwhile', async () => {
    const [first, second] = blocks('1.0');
    const content = (state: string | null) =>
      cardContent(appletCatalogue(folder, pino({ level: 'silent' })), 'diversified', state);
    const begun = content(null);
    must(await allowCommand(begun, begin('1.0')));
    must(await allowCommand(begun, first!));
    supplyApplets(folder, [{ version: '1.1' }]);
    expect(await allowCommand(content(begun.state()), second!)).toMatchObject({
      fault: { code: 'applet-refused', data: { reason: 'unknown-package', packageAid } },
    });
  });

  it('into no other domain, with no parameters and no token', async () => {
    const hash = loadFileHash(capOf('1.0'), 'sha-256');
    const aid = fromHex(packageAid);
    expect(
      await refusalOf([installForLoad({ packageAid: aid, hash, domainAid: fromHex('f0435700ff') })]),
    ).toBe('parameters');
    const plain = begin('1.0');
    const withParameters = concatBytes(plain.data!.subarray(0, -2), fromHex('02c90000'));
    expect(await refusalOf([{ ...plain, data: withParameters }])).toBe('parameters');
    const withToken = concatBytes(plain.data!.subarray(0, -1), fromHex('0101'));
    expect(await refusalOf([{ ...plain, data: withToken }])).toBe('parameters');
    for (let length = 0; length < plain.data!.length; length++)
      expect(await refusalOf([{ ...plain, data: plain.data!.subarray(0, length) }]), `${length}`).toBe(
        'parameters',
      );
  });

  it('nothing under the keys of delivery', async () => {
    for (const command of [begin('1.0'), installForInstall(wanted), deleteObject(fromHex(packageAid), true)])
      expect(await refusalOf([command], 'factory')).toBe('factory-keys');
    expect(await refusalOf([getStatus(registryPart.packages, false)], 'factory')).toBeUndefined();
  });
});

describe('a station installs and deletes', () => {
  it('what the list names', async () => {
    for (const command of [
      installForInstall(wanted),
      deleteObject(fromHex(packageAid), true),
      deleteObject(fromHex(instanceAid), false),
    ])
      expect(await refusalOf([command])).toBeUndefined();
    supplyApplets(folder, [{ version: '3.0', packageAid: otherAid, replaces: [packageAid] }]);
    expect(await refusalOf([deleteObject(fromHex(packageAid), true)])).toBeUndefined();
  });

  it.each([
    ['another package', { packageAid: fromHex('a0000003080000') }],
    ['another class', { moduleAid: fromHex('f0435700010102') }],
    ['another name', { instanceAid: fromHex('a000000308000010000100') }],
    ['more privileges', { privileges: fromHex('80') }],
    ['other parameters', { parameters: fromHex('01') }],
  ])('no instance with %s', async (_, other) => {
    expect(await refusalOf([installForInstall({ ...wanted, ...other })])).toBe('unlisted-instance');
  });

  it('nothing else', async () => {
    for (const aid of ['a000000308000010000100', 'a000000151000000', 'a0000005272101'])
      expect(await refusalOf([deleteObject(fromHex(aid), true)])).toBe('unlisted-object');
    expect(await refusalOf([deleteKeys(0x30)])).toBe('unlisted-object');
    const two = deleteObject(fromHex(packageAid), false);
    expect(await refusalOf([{ ...two, data: concatBytes(two.data!, fromHex('4f05a000000308')) }])).toBe(
      'unlisted-object',
    );
    expect(await refusalOf([{ ...two, data: two.data!.subarray(0, 4) }])).toBe('unlisted-object');
  });
});

describe('of all other commands of a station', () => {
  it('those of the PIV application are wrapped', async () => {
    const { generateKey, putObject, writeCertificate } = managementCommands;
    for (const { apdu } of [
      generateKey('9a', 'p-256'),
      putObject(0x5fc102, new Uint8Array(900)),
      writeCertificate('9a', new Uint8Array(700)),
    ])
      expect(await refusalOf([apdu])).toBeUndefined();
  });

  it.each<[string, CommandApdu]>([
    ['PUT KEY', { cla: 0x80, ins: 0xd8, p1: 0, p2: 0x81, data: new Uint8Array(67) }],
    ['SET STATUS of the card', setStatus(0x7f)],
    ['SET STATUS of an application', setStatus(0x80, fromHex('a000000308'))],
    ['STORE DATA', storeDataBlocks(new Uint8Array(4), 'plain', 200)[0]!],
    ['INSTALL [for personalization]', installForPersonalization(fromHex('a000000308'))],
    ['INSTALL [for extradition]', { ...installForPersonalization(fromHex('a000000308')), p1: 0x10 }],
    ['INSTALL [for registry update]', { ...installForPersonalization(fromHex('a000000308')), p1: 0x40 }],
    ['INSTALL [for load, install and make selectable]', { cla: 0x80, ins: 0xe6, p1: 0x0e, p2: 0 }],
    ['CHANGE REFERENCE DATA', { cla: 0, ins: 0x24, p1: 0xff, p2: 0x80, data: new Uint8Array(8) }],
    ['RESET RETRY COUNTER', { cla: 0, ins: 0x2c, p1: 0, p2: 0x80, data: new Uint8Array(16) }],
    ['PUT DATA of an administrator', { cla: 0, ins: 0xdb, p1: 0x3f, p2: 0x00, data: new Uint8Array(8) }],
    ['PUT of OATH', { cla: 0, ins: 0x01, p1: 0, p2: 0, data: new Uint8Array(30) }],
    ['EXTERNAL AUTHENTICATE', { cla: 0x84, ins: 0x82, p1: 0x33, p2: 0, data: new Uint8Array(16) }],
    ['LOAD on another logical channel', { cla: 0x81, ins: 0xe8, p1: 0, p2: 0, data: new Uint8Array(8) }],
    ['LOAD of an interindustry class', { cla: 0x00, ins: 0xe8, p1: 0, p2: 0, data: new Uint8Array(8) }],
  ])('%s is not', async (_, command) => {
    expect(await refusalOf([command])).toBe('card-command-refused');
  });
});

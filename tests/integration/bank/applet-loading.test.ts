import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { capArchive, type CapSource } from '../../../electron/bank-server/training/cap-archive.ts';
import {
  supplyApplets,
  trainingApplet,
} from '../../../electron/bank-server/training/supply-training-applets.ts';
import { fromHex, type CommandApdu } from '../../../electron/shared/codec/index.ts';
import { ok, type Result } from '../../../electron/shared/result/index.ts';
import { attemptsAtBank, bankChannelKeys } from '../../../electron/station/bank/bank-channel-keys.ts';
import type { BankClient } from '../../../electron/station/bank/bank-client.ts';
import { httpsBankClient } from '../../../electron/station/bank/https-bank-client.ts';
import { openDomain, replaceDomainKeys } from '../../../electron/station/issuance/sim-steps/card-secrets.ts';
import { loadFile, loadFileHash } from '../../../native/applications/globalplatform/cap/load-file.ts';
import {
  installForLoad,
  loadBlocks,
} from '../../../native/applications/globalplatform/content/content-commands.ts';
import {
  globalPlatform,
  parseCapFile,
  upgradeApplet,
  type CapFile,
  type SecuredDomain,
} from '../../../native/applications/globalplatform/index.ts';
import { virtualBankCard, type CardModel, type VirtualBankCard } from '../../../native/virtual/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { linkToCard } from '../../unit/globalplatform/link-to-card.ts';

/*
 * What somebody who has taken over a station can have loaded onto a card whose keys only the bank has: the bank's own
 * packages, byte by byte, and nothing else.
 */

const { packageAid, instanceAid } = trainingApplet;
let bank: TestBank;
let client: BankClient;
let card: VirtualBankCard;

beforeAll(async () => {
  bank = await startBank({ limits: { station: 0, address: 0 } });
  supplyApplets(join(bank.dataFolder, 'applets'), [{ version: '1.0' }, { version: '1.1' }]);
  const read = (name: string) => readFileSync(join(bank.stationFolder, name), 'utf8');
  client = httpsBankClient({
    origin: bank.server.apiOrigin,
    key: read('station.key.pem'),
    certificate: read('station.cert.pem'),
    bankCa: read('bank-ca.pem'),
  });
});
afterAll(async () => {
  client.close();
  await bank.stop();
});

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};
const identity = () => card.serial.toString(16).padStart(8, '0');
const domainOnCard = () => globalPlatform.open(linkToCard(card).pipe);

/** A card of the bank's stock, and its domain in a channel. */
const prepare = async (model: CardModel): Promise<void> => {
  card = virtualBankCard({ model });
  expect(await replaceDomainKeys(domainOnCard, client, identity())).toEqual(ok('own'));
};
const open = async (): Promise<SecuredDomain> => {
  const opened = valueOf(await openDomain(domainOnCard, client, identity()));
  if (typeof opened === 'string') throw new Error(opened);
  return opened.domain;
};
const suppliedCap = (version: string): CapFile =>
  valueOf(
    parseCapFile(
      new Uint8Array(readFileSync(join(bank.dataFolder, 'applets', `${packageAid}-${version}.cap`))),
    ),
  );
const foreignCap = (source: CapSource): CapFile =>
  valueOf(parseCapFile(capArchive({ packageAid, appletAids: [instanceAid], methodLength: 600, ...source })));

const begin = (cap: CapFile, hash = loadFileHash(cap, 'sha-256')) =>
  installForLoad({ packageAid: cap.packageAid, hash });
const blocksOf = (cap: CapFile) => loadBlocks(loadFile(cap), 200);
/** Whatever a changed station may send: all in one request, or each command for itself. */
const send = async (commands: readonly CommandApdu[]): Promise<Result<unknown>> =>
  (await open()).channel.sendAll(commands);
const sendEach = async (commands: readonly CommandApdu[]): Promise<Result<unknown>> => {
  const { channel } = await open();
  for (const command of commands) {
    const sent = await channel.send(command);
    if (!sent.ok) return sent;
  }
  return ok();
};

const refusal = (reason: string) => ({
  ok: false,
  fault: { code: 'applet-refused', data: expect.objectContaining({ reason }) },
});
/** The bank's book of this card, which it shows of cards that are set aside. */
const story = async () => {
  const before = valueOf(await client.call('findQuarantined', {}, {})).cards;
  const already = before.find(({ mediumIdentity }) => mediumIdentity === identity());
  if (already) return { setAside: already.reason, refusals: refusalsOf(already) };
  valueOf(await client.call('quarantineCard', { mediumIdentity: identity() }, { reason: 'to-look' }));
  const after = valueOf(await client.call('findQuarantined', {}, {})).cards;
  const shown = after.find(({ mediumIdentity }) => mediumIdentity === identity());
  return { setAside: undefined, refusals: shown ? refusalsOf(shown) : [] };
};
const refusalsOf = ({ events }: { events: { kind: string; reason?: string | undefined }[] }) =>
  events.filter(({ kind }) => kind === 'command-refused').map(({ reason }) => reason);

describe.each<CardModel>(['modern', 'small-buffer'])('onto a %s card a station loads', (model) => {
  beforeEach(() => prepare(model));

  const expectNothingLoaded = () => {
    expect(card.state.domain.packages).toEqual([]);
    expect(card.state.domain.instances.filter(({ aid }) => aid === instanceAid)).toEqual([]);
  };

  it('the bank’s package, and a newer one in its place', async () => {
    const instances = [
      {
        moduleAid: fromHex(instanceAid),
        instanceAid: fromHex(instanceAid),
        privileges: fromHex('00'),
        parameters: new Uint8Array(0),
      },
    ];
    for (const version of ['1.0', '1.1']) {
      const domain = await open();
      const release = { cap: suppliedCap(version), hash: 'sha-256', instances } as const;
      expect(await upgradeApplet(domain, release, { mayLoseData: true })).toEqual(ok({ changed: true }));
      await domain.close();
    }
    expect(card.state.domain.packages).toMatchObject([{ aid: packageAid, version: '0101' }]);
    expect(await story()).toEqual({ setAside: undefined, refusals: [] });
  });

  it('block by block, each with another process of the bank', async () => {
    const { channel } = await open();
    const cap = suppliedCap('1.0');
    const commands = [begin(cap), ...blocksOf(cap)];
    expect(commands.length).toBeGreaterThan(4);
    for (const [at, command] of commands.entries()) {
      if (at === 2) await bank.restart();
      expect(valueOf(await channel.send(command)).sw).toBe(0x9000);
    }
    await channel.close();
    expect(card.state.domain.packages).toMatchObject([{ aid: packageAid, version: '0100' }]);
  });

  it('no package that the bank does not supply', async () => {
    const foreign = foreignCap({ packageAid: 'f04357009901', appletAids: ['f0435700990101'] });
    expect(await (await open()).load(foreign, { hash: 'sha-256' })).toMatchObject(refusal('unknown-package'));
    expectNothingLoaded();
    expect(await story()).toEqual({ setAside: undefined, refusals: ['unknown-package f04357009901'] });
  });

  it('no package of its own under the bank’s name', async () => {
    const forged = foreignCap({ version: { major: 1, minor: 0 }, methodLength: 620 });
    expect(await send([begin(forged)])).toMatchObject(refusal('unknown-package'));
    // With the right hash, and the blocks of its own behind it.
    const right = loadFileHash(suppliedCap('1.0'), 'sha-256');
    expect(await send([begin(forged, right), ...blocksOf(forged)])).toMatchObject(refusal('other-content'));
    expectNothingLoaded();
    expect(await story()).toEqual({
      setAside: 'applet-content',
      refusals: [`unknown-package ${packageAid}`, `other-content ${packageAid}`],
    });
  });

  it.each([
    ['in one request', send],
    ['each for itself', sendEach],
  ])('not one byte changed, the blocks sent %s', async (_, sending) => {
    const cap = suppliedCap('1.0');
    const blocks = blocksOf(cap);
    const last = blocks.at(-1)!;
    const flipped = last.data!.map((byte, at, all) => (at === all.length - 1 ? byte ^ 0x01 : byte));
    const changed = [begin(cap), ...blocks.with(-1, { ...last, data: flipped })];
    expect(await sending(changed)).toMatchObject(refusal('other-content'));
    expectNothingLoaded();
    // The bank uses no key of this card any more until two people have looked at it.
    expect(await story()).toMatchObject({ setAside: 'applet-content' });
    const again = await openDomain(domainOnCard, client, identity());
    expect(again).toMatchObject({ ok: false, fault: { code: 'card-quarantined' } });
  });

  it('no blocks without INSTALL, and none out of turn', async () => {
    const cap = suppliedCap('1.0');
    const [first, second, ...rest] = blocksOf(cap);
    expect(await send(blocksOf(cap))).toMatchObject(refusal('load-order'));
    await prepare(model);
    expect(await sendEach([begin(cap), second!, first!, ...rest])).toMatchObject(refusal('load-order'));
    expectNothingLoaded();
    expect(await story()).toEqual({ setAside: 'applet-content', refusals: [`load-order ${packageAid}`] });
  });

  it('no right content under the name of another package', async () => {
    const other = 'f04357000102';
    supplyApplets(join(bank.dataFolder, 'applets'), [
      { version: '1.0' },
      { version: '1.1' },
      { version: '2.0', packageAid: other, hash: undefined },
    ]);
    const bare = installForLoad({ packageAid: fromHex(other) });
    expect(await send([bare, ...blocksOf(suppliedCap('1.0'))])).toMatchObject(refusal('other-content'));
    expectNothingLoaded();
  });

  it('nothing more in a channel in which something was refused', async () => {
    const domain = await open();
    const lock = domain.lockApplication(fromHex('a000000308000010000100'));
    expect(await lock).toMatchObject({
      fault: { code: 'card-command-refused', data: { command: '80f04080' } },
    });
    expect(await domain.readContent()).toMatchObject({ fault: { code: 'card-channel-broken' } });
    expect(await story()).toEqual({ setAside: undefined, refusals: ['80f04080'] });
  });

  it('nothing with the first request of a channel either', async () => {
    const session = valueOf(await domainOnCard());
    const only = [begin(foreignCap({ packageAid: 'f04357009901', appletAids: ['f0435700990101'] }))];
    const version = model === 'modern' ? 0x30 : 0x20;
    const type = model === 'modern' ? 'aes' : '3des';
    const opened = await session.openChannel({
      keys: bankChannelKeys(client, identity(), { version, type }, { only }),
      attempts: attemptsAtBank(client),
      level: 0x03,
      cardId: identity(),
    });
    expect(opened).toMatchObject(refusal('unknown-package'));
    expect(await story()).toEqual({ setAside: undefined, refusals: ['unknown-package f04357009901'] });
  });
});

it('under the keys of delivery nothing is loaded', async () => {
  card = virtualBankCard();
  const cap = suppliedCap('1.0');
  expect(await (await open()).load(cap, { hash: 'sha-256' })).toMatchObject(refusal('factory-keys'));
  expect(card.state.domain.packages).toEqual([]);
});

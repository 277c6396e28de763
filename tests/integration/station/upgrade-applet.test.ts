import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  supplyApplets,
  trainingApplet,
  type SuppliedPackage,
} from '../../../electron/bank-server/training/supply-training-applets.ts';
import { capArchive } from '../../../electron/bank-server/training/cap-archive.ts';
import type { CardInspection, RunView } from '../../../electron/shared/contract/index.ts';
import { parseCapFile } from '../../../native/applications/globalplatform/index.ts';
import {
  memoryCardStore,
  trainingSim,
  virtualBankCard,
  type CardModel,
  type VirtualBankCard,
} from '../../../native/virtual/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { freezingJournal } from '../../harness/freezing-journal.ts';
import { losingLine } from '../../harness/losing-line.ts';
import { logInWithSim } from '../../harness/sim-terminal.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  cardReader,
  counter,
  goOn,
  inWords,
  moved,
  must,
  recognisedIn,
  settled,
  startIssuance,
  startTestStation,
  type Counter,
  type Screen,
  type TestStation,
} from '../../harness/start-station.ts';
import {
  exits,
  killedEverywhere,
  long,
  lostEverywhere,
  patience,
  pulledEverywhere,
  type TroubledRuns,
} from '../../harness/troubles.ts';

/*
 * The bank's applet on a card gets a newer version at the technician's desk: the customer's key, certificate and
 * one-time passwords stay, or nothing is begun; whatever goes wrong on the way, the card ends with a whole applet.
 */

const customerId = 'C-100001';
const officerId = 'test';
const { packageAid, instanceAid } = trainingApplet;
let bank: TestBank;
let client: BankClient;
let line: ReturnType<typeof losingLine>;
let atCounter: Counter;
let station: TestStation;
let technician: Screen;
let card: VirtualBankCard;
let cardId = '';
let folder: string | undefined;
/** What the card has, and what the bank supplies. */
let supplied = 1;

beforeAll(async () => {
  // Far more runs than a desk has in a minute.
  bank = await startBank({ limits: { station: 0, address: 0 } });
  client = bank.client();
  line = losingLine(bank);
});
afterAll(() => bank.stop());

const appletFolder = () => join(bank.dataFolder, 'applets');
const supply = (...packages: SuppliedPackage[]) => supplyApplets(appletFolder(), packages);

const start = async (journal = freezingJournal(undefined)): Promise<void> => {
  station = await startTestStation({
    bank,
    counter: atCounter,
    ...(folder !== undefined && { folder }),
    options: { bank: line.client, wrapJournal: journal.wrap, bankCheckEveryMs: 3_600_000 },
  });
  ({ folder } = station);
  technician = await station.window('technician');
  await recognisedIn(station, cardReader);
};
const open = async (model: CardModel = 'modern', version: string | null = '1.0'): Promise<void> => {
  card = virtualBankCard({
    model,
    sim: trainingSim(),
    store: memoryCardStore(),
    ...(version !== null && { applet: { packageAid, instanceAid, version } }),
  });
  atCounter = counter(bank.dataFolder, { sim: card });
  folder = undefined;
  await start();
};
beforeEach(() => {
  cardId = '';
  supplied = 1;
  supply({ version: '1.0' }, { version: '1.1' });
});
afterEach(async () => {
  expect(station.bugs).toEqual([]);
  await station.stop();
  if (cardId !== '') await client.must('revokeCard', { cardId }, { reason: 'cessation', officerId });
});

const issue = async (): Promise<void> => {
  const { runId } = must(await startIssuance(station, bank, customerId));
  const issued = await goOn(station, bank, runId, 'sim');
  expect(inWords(issued)).toBe('completed done');
  cardId = issued.subject.cardId ?? '';
};
const inspect = async (): Promise<CardInspection> =>
  must(await technician.call('reprovision.inspect', { reader: cardReader }));
const begin = () => technician.call('reprovision.upgradeApplet', { reader: cardReader, packageAid });
const upgrade = async (): Promise<RunView> => settled(technician, must(await begin()).runId);
const exit = (way: 'runs.resume' | 'runs.undo', runId: string): Promise<RunView> =>
  moved(technician, runId, () => technician.call(way, { runId }));
const versions = () => card.state.domain.packages.map(({ aid, version }) => `${aid} ${version}`);
const versionOnCard = (): string => {
  const [only] = card.state.domain.packages;
  return [...Buffer.from(only?.version ?? '', 'hex')].join('.');
};
const registered = async () => {
  const { identity } = (await client.must('readCard', { cardId })).card.medium;
  return (await client.must('readCardApplets', { mediumIdentity: identity })).applets;
};
const customersOnCard = () => JSON.stringify([card.state.piv.objects, card.state.piv.keys]);
const signIn = async (): Promise<void> => {
  const password = bank.trainingSecrets[customerId]!.suggestedLoginPassword;
  const { path } = await logInWithSim(bank, card, { cardId, cardPin: '482913', password });
  expect(path).toBe('/menu');
};

/** Card, bank's register and CA agree; the applet is whole, and the card has lost no try. */
const expectWhole = async (version: string): Promise<void> => {
  const inspected = await inspect();
  expect(inspected.content).toBe('complete');
  const differing = inspected.lines.filter(({ verdict }) => verdict === 'differs' || verdict === 'missing');
  expect(differing).toEqual([]);
  expect(inspected.applets).toMatchObject([{ onCard: version }]);
  expect(card.state.domain.instances.map(({ aid }) => aid)).toEqual([instanceAid]);
  expect(card.state.domain.failures).toBe(0);
  expect(card.state.piv.pin.left).toBe(3);
};

describe('an applet on a customer’s card', () => {
  beforeEach(async () => {
    await open();
    await issue();
  });

  it('is replaced by the bank’s newer one; key, certificate and one-time passwords stay', async () => {
    await signIn();
    const before = customersOnCard();
    expect(await inspect()).toMatchObject({
      applets: [{ name: 'Qingyu Pay', state: 'outdated', onCard: '1.0', available: '1.1' }],
      actions: ['upgrade-applet', 'restart-chain', 'wipe'],
    });
    const states: string[] = [];
    technician.on('runs.changed', (view) => states.push(inWords(view)));
    expect(inWords(await upgrade())).toBe('completed done');
    expect(states.filter((state, at) => state !== states[at - 1])).toEqual([
      'working inspect-card',
      'working load-applet',
      'working prove-applet',
      'working report-applet',
      'completed done',
    ]);
    expect(versions()).toEqual([`${packageAid} 0101`]);
    expect(customersOnCard()).toBe(before);
    expect(await registered()).toMatchObject([{ packageAid, version: '1.1' }]);
    await expectWhole('1.1');
    expect((await inspect()).applets).toMatchObject([{ state: 'current' }]);
    expect((await inspect()).actions).toEqual(['restart-chain', 'wipe']);
    await signIn();
    const { records } = must(
      await (await station.window('manager')).call('audit.search', { filter: { cardId }, limit: 200 }),
    );
    expect(
      records.find(({ event, data }) => event === 'run.completed' && data.workflow === 'upgrade-applet'),
    ).toMatchObject({
      outcome: 'ok',
      data: { applet: packageAid, from: '1.0', to: '1.1' },
    });
  });

  it('is loaded where it is not yet, and taken off again by an undo', async () => {
    card.state.domain.packages = [];
    card.state.domain.instances = [];
    expect(await inspect()).toMatchObject({ applets: [{ state: 'absent' }] });
    line.lose({ call: 'reportCardApplet', when: 'before' });
    const { runId } = must(await begin());
    expect(inWords(await settled(technician, runId))).toBe('failed report-applet bank-unreachable');
    expect(versions()).toEqual([`${packageAid} 0101`]);
    expect(inWords(await exit('runs.undo', runId))).toBe('completed undone');
    expect(versions()).toEqual([]);
    expect(card.state.domain.instances).toEqual([]);
    expect(await registered()).toEqual([]);
  });

  it('is not begun where it holds what is the customer’s, nor where the card’s own applications would go', async () => {
    const before = JSON.stringify(card.state);
    supply({ version: '1.1', holdsCustomerData: true });
    expect(await inspect()).toMatchObject({
      applets: [{ state: 'outdated', refusal: { code: 'applet-holds-data' } }],
      actions: ['restart-chain', 'wipe'],
    });
    expect(inWords(await upgrade())).toBe('failed inspect-card applet-holds-data');
    supply({ version: '1.1' });
    const [instance] = card.state.domain.instances;
    card.state.domain.instances = [{ ...instance!, aid: 'a000000308000010000100' }];
    expect(inWords(await upgrade())).toBe('failed inspect-card applet-holds-data');
    card.state.domain.instances = [instance!];
    // Only the counter of channels has moved.
    const { sequence } = JSON.parse(before).domain as { sequence: number };
    expect(JSON.stringify(card.state).replace(/"sequence":\d+/, `"sequence":${sequence}`)).toBe(before);
  });

  it('is left as it is where it is the newest, newer, locked, or the bank supplies none', async () => {
    supply({ version: '1.0' });
    expect((await inspect()).applets).toMatchObject([{ state: 'current' }]);
    expect(inWords(await upgrade())).toBe('failed inspect-card applet-not-newer');
    supply({ version: '0.9' });
    expect((await inspect()).applets).toMatchObject([
      { state: 'newer', refusal: { code: 'applet-newer-on-card' } },
    ]);
    expect(inWords(await upgrade())).toBe('failed inspect-card applet-newer-on-card');
    supply({ version: '1.1' });
    card.state.domain.instances[0]!.lifeCycle |= 0x80;
    expect(inWords(await upgrade())).toBe('failed inspect-card card-status');
    card.state.domain.instances[0]!.lifeCycle &= 0x7f;
    supply();
    expect(await inspect()).not.toHaveProperty('applets');
    expect((await inspect()).actions).toEqual(['restart-chain', 'wipe']);
    expect(inWords(await upgrade())).toBe('failed inspect-card applet-not-newer');
    supply({ version: '1.1', cards: ['3bff*'] });
    expect(await inspect()).not.toHaveProperty('applets');
    expect(versions()).toEqual([`${packageAid} 0100`]);
  });

  it('says when it must not stay, and gives way to a package of another name', async () => {
    supply({ version: '1.2', minimumVersion: '1.1' });
    expect((await inspect()).applets).toMatchObject([{ state: 'required' }]);
    const other = 'f04357000102';
    const otherInstance = `${other}01`;
    supply(
      { version: '1.0' },
      {
        version: '1.0',
        packageAid: other,
        replaces: [packageAid],
        instances: [
          { moduleAid: otherInstance, instanceAid: otherInstance, privileges: '00', parameters: '' },
        ],
      },
    );
    expect((await inspect()).applets).toMatchObject([
      { packageAid: other, state: 'outdated', onCard: '1.0' },
    ]);
    const { runId } = must(
      await technician.call('reprovision.upgradeApplet', { reader: cardReader, packageAid: other }),
    );
    expect(inWords(await settled(technician, runId))).toBe('completed done');
    expect(versions()).toEqual([`${other} 0100`]);
    expect(await registered()).toMatchObject([{ packageAid: other, version: '1.0' }]);
  });

  it('is refused from a damaged supply before the card is touched', async () => {
    const before = versions();
    supply({ version: '1.1', source: { version: { major: 1, minor: 2 } } });
    expect(inWords(await upgrade())).toBe('failed inspect-card applet-damaged');
    const file = join(appletFolder(), `${packageAid}-1.1.cap`);
    supply({ version: '1.1' });
    const bytes = readFileSync(file);
    bytes[bytes.length - 30]! ^= 1;
    writeFileSync(file, bytes);
    const inspected = await inspect();
    expect(inspected).toMatchObject({ content: 'complete', appletFault: { code: 'applet-damaged' } });
    expect(inWords(await upgrade())).toBe('failed inspect-card applet-damaged');
    expect(versions()).toEqual(before);
  });

  it('comes with the signature that the card asks for; without it nothing is lost by an undo', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const domainAid = 'f0435700ff';
    Object.assign(card.state.domain, {
      dap: {
        aid: domainAid,
        publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('hex'),
      },
    });
    const { runId } = must(await begin());
    expect(inWords(await settled(technician, runId))).toBe('failed load-applet card-status');
    // The card takes none without: not the old one either. Signed ones are supplied, and the undo finds its file.
    const signed = (version: string) => {
      const [major = 0, minor = 0] = version.split('.').map(Number);
      const cap = must(
        parseCapFile(
          capArchive({ packageAid, version: { major, minor }, appletAids: [instanceAid], methodLength: 600 }),
        ),
      );
      const hash = createHash('sha256').update(cap.code).digest();
      const signature = sign('sha256', hash, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return { version, daps: [{ domainAid, signature: signature.toString('base64') }] };
    };
    supply(signed('1.0'), signed('1.1'));
    expect(inWords(await exit('runs.undo', runId))).toMatch(/^failed load-applet card-status$/);
    expect((await inspect()).applets).toMatchObject([{ state: 'absent' }]);
    expect(inWords(await upgrade())).toBe('completed done');
    await expectWhole('1.1');
  });
});

it('an applet comes onto stock that is prepared, and onto no card under the keys of delivery', async () => {
  await open('modern', null);
  expect(await inspect()).not.toHaveProperty('applets');
  expect(inWords(await upgrade())).toBe('failed inspect-card card-unsupported');
  const { batchId } = must(
    await technician.call('batches.start', { work: 'prepare', readers: [cardReader] }),
  );
  await expect
    .poll(async () => must(await technician.call('batches.list', { limit: 1 })).batches[0]?.counts.good)
    .toBe(1);
  must(await technician.call('batches.stop', { batchId }));
  await expect.poll(async () => (await inspect()).prepared).toBe(true);
  supply({ version: '1.1', holdsCustomerData: true });
  expect(await inspect()).toMatchObject({
    applets: [{ state: 'absent' }],
    actions: ['upgrade-applet', 'none'],
  });
  expect(inWords(await upgrade())).toBe('completed done');
  await issue();
  await expectWhole('1.1');
});

it.each(['small-buffer', 'scp-only'] as const)(
  'a card of the kind %s gets it in its own channel',
  async (model) => {
    await open(model);
    await issue();
    expect(inWords(await upgrade())).toBe('completed done');
    await expectWhole('1.1');
  },
);

describe('an upgrade with trouble', () => {
  beforeEach(async () => {
    await open();
    await issue();
  });

  const runs = (keepsEarlier: boolean): TroubledRuns => ({
    station: () => station,
    reader: cardReader,
    script: {
      count: () => atCounter.cards.script(cardReader).count,
      pullAt: (operation, when) =>
        atCounter.cards.script(cardReader).pullAt(operation, when === 'during' ? 'after' : when),
      clear: () => atCounter.cards.script(cardReader).clear(),
    },
    async before() {
      const from = versionOnCard();
      supplied += 1;
      const to = `1.${supplied}`;
      supply(...(keepsEarlier ? [{ version: from }] : []), { version: to });
      const content = customersOnCard();
      return async (view) => {
        const words = inWords(view);
        const now = versionOnCard();
        if (words === 'completed done') expect(now).toBe(to);
        else if (keepsEarlier) expect(now).toBe(from);
        expect([from, to]).toContain(now);
        expect(customersOnCard()).toBe(content);
        await expectWhole(now);
      };
    },
    begin,
    settle: (runId) => settled(technician, runId),
    exit,
  });
  const expectOutcomes = (outcomes: string[], way: string) =>
    expect(outcomes).toEqual(
      way === 'runs.resume' ? ['completed done'] : ['completed done', 'completed undone'],
    );

  it.each(exits)(
    'whose card is pulled at any operation ends whole by %s',
    async (way) => expectOutcomes(await pulledEverywhere(runs(true), way, 11), way),
    patience,
  );

  it(
    'whose card is pulled ends whole by an undo also where the bank has only the new version',
    async () => expectOutcomes(await pulledEverywhere(runs(false), 'runs.undo', 17), 'runs.undo'),
    patience,
  );

  it.each(exits)(
    'whose answer from the bank is lost ends whole by %s',
    async (way) => expectOutcomes(await lostEverywhere(runs(true), way, line, { stride: 11 }), way),
    patience,
  );

  it.each(exits)(
    'whose station is killed after any entry of its journal ends whole by %s',
    async (way) => {
      const outcomes = await killedEverywhere(runs(true), way, start, long ? 1 : 2);
      expect(outcomes).toContain(way === 'runs.resume' ? 'completed done' : 'completed undone');
    },
    patience,
  );
});

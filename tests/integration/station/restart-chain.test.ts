import { createPrivateKey } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CardInspection, RunView } from '../../../electron/shared/contract/index.ts';
import { decryptKey, readCredential } from '../../../native/applications/sd/index.ts';
import {
  memoryCardStore,
  trainingSim,
  virtualBankCard,
  type VirtualBankCard,
} from '../../../native/virtual/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { freezingJournal } from '../../harness/freezing-journal.ts';
import type { IssuedCard } from '../../harness/issue-card.ts';
import { losingLine } from '../../harness/losing-line.ts';
import { signAssertion } from '../../harness/portal-client.ts';
import { logInWithSim, simTerminal, type SimLogin } from '../../harness/sim-terminal.ts';
import { softPhone } from '../../harness/soft-phone.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  cardReader,
  counter,
  goOn,
  inWords,
  moved,
  must,
  recognisedIn,
  sdSlot,
  settled,
  startIssuance,
  startTestStation,
  typeSecrets,
  until,
  type Counter,
  type Screen,
  type TestStation,
  type Typed,
} from '../../harness/start-station.ts';
import {
  exits,
  killedEverywhere,
  lostEverywhere,
  patience,
  pulledEverywhere,
  type Exit,
  type PullMoment,
  type TroubledRuns,
} from '../../harness/troubles.ts';

/*
 * A card's one-time passwords begin anew at the technician's desk, for an SD card and for a SIM that holds its keys
 * itself: the whole run, and the run with something going wrong at every operation, message and journal entry.
 */

const customerId = 'C-100001';
const cardPin = '482913';
const officerId = 'test';
let bank: TestBank;
let client: BankClient;
let atCounter: Counter;
let station: TestStation;
let technician: Screen;
let card: VirtualBankCard;
let line: ReturnType<typeof losingLine>;
let cardId = '';
/** Of the station, for the time after it was killed. */
let folder: string | undefined;
let store = memoryCardStore();
/** Of the SD card; opening it takes the phone a second. */
let key: { cardId: string; pkcs8: Uint8Array } | undefined;

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
  line = losingLine(bank);
});
afterAll(() => bank.stop());

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
  await recognisedIn(station, sdSlot);
};
beforeEach(async () => {
  store = memoryCardStore();
  card = virtualBankCard({ sim: trainingSim(), store });
  atCounter = counter(bank.dataFolder, { sim: card });
  folder = undefined;
  await start();
});
afterEach(async () => {
  expect(station.bugs).toEqual([]);
  await station.stop();
  await client.must('revokeCard', { cardId }, { reason: 'cessation', officerId });
});

type Kind = 'sim' | 'sd-card';
const readerOf = (kind: Kind): string => (kind === 'sim' ? cardReader : sdSlot);

const issue = async (kind: Kind): Promise<void> => {
  const { runId } = must(await startIssuance(station, bank, customerId));
  const issued = await goOn(station, bank, runId, kind);
  expect(inWords(issued)).toBe('completed done');
  cardId = issued.subject.cardId ?? '';
};
const inspect = async (kind: Kind): Promise<CardInspection> =>
  must(await technician.call('reprovision.inspect', { reader: readerOf(kind) }));
const begin = async (kind: Kind, reason: 'other-phone' | 'false-alarm' = 'other-phone') =>
  must(await technician.call('reprovision.restartChain', { reader: readerOf(kind), reason })).runId;
/** The customer types their PIN whenever they are asked, until the run stands still for another reason. */
const answered = async (runId: string, typed: Typed = {}): Promise<RunView> => {
  let view = await settled(technician, runId);
  while (view.state.kind === 'asking')
    view = await moved(technician, runId, () => typeSecrets(station, bank, typed));
  return view;
};
const restart = async (kind: Kind, reason?: 'other-phone' | 'false-alarm'): Promise<RunView> =>
  answered(await begin(kind, reason));
const exit = async (name: Exit, runId: string): Promise<RunView> => {
  await moved(technician, runId, () => technician.call(name, { runId }));
  return answered(runId);
};
const cardState = async () => (await client.must('readCard', { cardId })).card.state;
const chainAtBank = async () => (await client.must('readOtpChain', { cardId })).chain;
const password = () => bank.trainingSecrets[customerId]!.suggestedLoginPassword;

/** What lies on the SD card, as a phone with the customer's PIN uses it. */
const sdCard = async (): Promise<IssuedCard> => {
  const html = station.counter.sd.files.read(`BANKCARD/${bank.server.bankId}/client.html`)!;
  const credential = must(readCredential(html));
  if (key?.cardId !== cardId) key = { cardId, pkcs8: must(await decryptKey(credential.key, cardPin)) };
  return {
    cardId,
    customerId,
    privateKey: createPrivateKey({ key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' }),
    certificate: Buffer.from(credential.certificate),
    userInfo: Buffer.from(credential.userInfo),
    ...(credential.seed && { seed: Buffer.from(credential.seed) }),
  } as IssuedCard;
};

const logInWith = async (chip: VirtualBankCard): Promise<Pick<SimLogin, 'alarm' | 'path'>> => {
  const { alarm, path } = await logInWithSim(bank, chip, { cardId, cardPin, password: password() });
  return { alarm, path };
};

/** Phones of the SD card keep their chain; each kind signs in with what is on the card now. */
const storage = new Map<string, string>();
const signIn: Readonly<Record<Kind, () => Promise<void>>> = {
  'sd-card': async () => {
    const phone = await softPhone(bank, await sdCard(), storage);
    await phone.signIn(password());
    phone.close();
  },
  sim: async () => expect(await logInWith(card)).toEqual({ alarm: false, path: '/menu' }),
};

/** Two go on with one chain, and the bank has noticed. */
const fork: Readonly<Record<Kind, () => Promise<void>>> = {
  'sd-card': async () => {
    await signIn['sd-card']();
    const issued = await sdCard();
    const copy = await softPhone(bank, issued, new Map(storage));
    await signIn['sd-card']();
    const { challenge } = await copy.ask();
    const alarm = challenge && (await copy.alarm(challenge));
    await copy.browser.login(signAssertion(bank, issued, { payload: { otp: alarm } }));
    copy.close();
  },
  sim: async () => {
    await signIn.sim();
    const copy = virtualBankCard({ store: memoryCardStore(store.load()) });
    await signIn.sim();
    expect((await logInWith(copy)).alarm).toBe(true);
  },
};

const linesThatDiffer = ({ lines }: CardInspection): string[] =>
  lines.filter(({ verdict }) => verdict === 'differs' || verdict === 'missing').map(({ item }) => item);

/** Card, bank and CA agree; nothing is left over on the card or under way at the bank; the card signs in. */
const expectWhole = async (kind: Kind): Promise<void> => {
  const inspected = await inspect(kind);
  expect(inspected.content).toBe('complete');
  expect(linesThatDiffer(inspected)).toEqual([]);
  expect(inspected.chain).toMatchObject({ state: 'good' });
  expect(await cardState()).toBe('active');
  if (kind === 'sim') {
    const heads = card.state.oath.credentials
      .map(({ name }) => Buffer.from(name, 'hex').toString('utf8'))
      .map((name) => name.replace(/(\|.*|:b)$/, ''));
    expect(new Set(heads).size).toBe(1);
  } else {
    expect(atCounter.sd.files.list('').filter((path) => path.endsWith('.previous'))).toEqual([]);
  }
  await signIn[kind]();
};

const steps: Readonly<Record<Kind, readonly string[]>> = {
  'sd-card': ['write-client', 'sign-manifest', 'write-manifest', 'read-back'],
  sim: ['write-chain', 'read-back'],
};

describe.each(['sd-card', 'sim'] as const)('the one-time passwords of a card (%s)', (kind) => {
  beforeEach(async () => {
    storage.clear();
    await issue(kind);
    await signIn[kind]();
  });

  it('begin anew with the customer’s PIN; the ones before are over', async () => {
    expect(await inspect(kind)).toMatchObject({
      chain: { state: 'good', epoch: 1 },
      actions: ['restart-chain', 'wipe'],
    });
    const before = kind === 'sd-card' ? await sdCard() : undefined;
    const copy = virtualBankCard({ store: memoryCardStore(store.load()) });
    const copiedStorage = new Map(storage);
    const states: string[] = [];
    technician.on('runs.changed', (view) => states.push(inWords(view)));
    expect(inWords(await restart(kind))).toBe('completed done');
    const distinct = states.filter((state, at) => state !== states[at - 1]);
    expect(distinct).toEqual([
      'working inspect-card',
      'asking customer-secrets',
      'working check-account-pin',
      'working begin-chain',
      ...steps[kind].map((step) => `working ${step}`),
      'working finish-chain',
      'completed done',
    ]);
    expect(await chainAtBank()).toEqual({ state: 'good', epoch: 2 });
    await expectWhole(kind);
    await expectWhole(kind);
    // Who has a copy of the card, of its phone and of the PIN has nothing that answers any more.
    if (before) {
      const old = await softPhone(bank, before, copiedStorage);
      await expect(old.signIn(password())).rejects.toThrow();
      old.close();
    } else {
      const at = await simTerminal(bank, copy, cardId);
      const { challenge } = must(await at.ask(cardPin));
      expect(await at.logIn(cardPin, challenge)).toMatchObject({ fault: { code: 'bank-untrusted' } });
    }
    const { records } = must(
      await (await station.window('manager')).call('audit.search', { filter: { cardId }, limit: 200 }),
    );
    expect(records.filter(({ event }) => event === 'step.done').map(({ step }) => step)).toContain(
      'finish-chain',
    );
  });

  it('that were forked are shown so; begun anew, the card is released', async () => {
    await fork[kind]();
    expect(await cardState()).toBe('suspended');
    const seen = await inspect(kind);
    expect(seen).toMatchObject({ chain: { state: 'forked' }, actions: ['restart-chain', 'wipe'] });
    const run = await restart(kind, 'false-alarm');
    expect(inWords(run)).toBe('completed done');
    expect(run.steps.map(({ step }) => step)).toContain('release-card');
    await expectWhole(kind);
  });

  it('stay as they are after a wrong PIN, a cancel, or with a card that is missing', async () => {
    const runId = await begin(kind);
    await settled(technician, runId);
    const wrong = await moved(technician, runId, () => typeSecrets(station, bank, { accountPin: '000000' }));
    expect(inWords(wrong)).toBe('failed check-account-pin account-pin-wrong');
    // It has looked and asked: nothing stands.
    expect(wrong.state).toMatchObject({ left: [] });
    await moved(technician, runId, () => technician.call('runs.resume', { runId }));
    expect((await settled(technician, runId)).state.kind).toBe('asking');
    const ended = until(technician, runId, ({ state }) => state.kind === 'completed');
    must(await technician.call('runs.cancel', { runId }));
    const left = await settled(technician, runId);
    if (left.state.kind === 'failed') must(await technician.call('runs.undo', { runId }));
    expect(inWords(await ended)).toBe('completed undone');
    expect(await chainAtBank()).toEqual({ state: 'good', epoch: 1 });
    await expectWhole(kind);
    await client.must('holdCard', { cardId }, { reason: 'missing', officerId });
    expect((await inspect(kind)).actions).toEqual(['wipe']);
    expect(inWords(await restart(kind))).toBe('failed inspect-card card-state-conflict');
    await client.must('releaseCard', { cardId }, { reason: 'found', officerId });
    await client.must('readCard', { cardId });
  });

  it('that another desk has begun meanwhile: this run says so and is undone', async () => {
    const runId = await begin(kind);
    await settled(technician, runId);
    const at = kind === 'sim' ? 'working write-chain' : 'working write-manifest';
    let taken = false;
    technician.on('runs.changed', (view) => {
      if (inWords(view) !== at || taken) return;
      taken = true;
      void client.must('withdrawChainMove', { cardId });
    });
    const view = await answered(runId);
    expect(inWords(view)).toMatch(/^failed (finish-chain|write-chain|write-manifest|sign-manifest) /);
    expect(inWords(await exit('runs.undo', runId))).toBe('completed undone');
    expect(await chainAtBank()).toEqual({ state: 'good', epoch: 1 });
    await expectWhole(kind);
  });
});

describe.each(['sd-card', 'sim'] as const)('a restart with trouble (%s)', (kind) => {
  const script = () => (kind === 'sim' ? atCounter.cards.script(cardReader) : atCounter.media.script(sdSlot));
  const pullAt = (operation: number, when: PullMoment) => {
    if (kind === 'sd-card') atCounter.media.script(sdSlot).pullAt(operation, when);
    else atCounter.cards.script(cardReader).pullAt(operation, when === 'during' ? 'after' : when);
  };
  beforeEach(async () => {
    storage.clear();
    await issue(kind);
    await signIn[kind]();
  });

  const runs: TroubledRuns = {
    station: () => station,
    reader: readerOf(kind),
    script: { count: () => script().count, pullAt, clear: () => script().clear() },
    async before() {
      const before = (await chainAtBank())?.epoch ?? 0;
      // Whichever chain it ended with, the bank has the same one in force, and it signs in.
      return async (view) => {
        const epoch = (await chainAtBank())?.epoch ?? 0;
        if (inWords(view) === 'completed done') expect(epoch).toBeGreaterThan(before);
        await expectWhole(kind);
      };
    },
    begin: () =>
      technician.call('reprovision.restartChain', { reader: readerOf(kind), reason: 'other-phone' }),
    settle: (runId) => answered(runId),
    exit,
  };
  const expectOutcomes = (outcomes: string[], way: Exit) =>
    expect(outcomes).toEqual(
      way === 'runs.resume' ? ['completed done'] : ['completed done', 'completed undone'],
    );

  it.each(exits)(
    'whose card is pulled at any operation ends whole by %s',
    async (way) => expectOutcomes(await pulledEverywhere(runs, way, kind === 'sim' ? 7 : 5), way),
    patience,
  );

  it.each(exits)(
    'whose message to the bank is lost, or its answer, ends whole by %s',
    async (way) => {
      // From the PIN on; what is only read before it is tried by every other run.
      const from = (runId: string) => settled(technician, runId);
      expectOutcomes(await lostEverywhere(runs, way, line, { from }), way);
    },
    patience,
  );

  it.each(exits)(
    'whose station is killed after any entry of its journal ends whole by %s',
    async (way) => {
      const outcomes = await killedEverywhere(runs, way, start, 4);
      expect(outcomes).toContain(way === 'runs.resume' ? 'completed done' : 'completed undone');
    },
    patience,
  );

  it('that is forked, pulled and killed at once still ends released', async () => {
    await fork[kind]();
    const runId = await begin(kind, 'false-alarm');
    await settled(technician, runId);
    const at = steps[kind][0];
    technician.on('runs.changed', (view) => {
      if (inWords(view) === `working ${at}`) pullAt(kind === 'sim' ? 12 : 5, 'during');
    });
    expect(inWords(await answered(runId))).toMatch(/^failed .*(card|medium)-removed$/);
    await station.station.stop();
    script().clear();
    atCounter.putBack();
    await start();
    expect(await inspect(kind)).toMatchObject({ chain: { state: 'waiting' } });
    expect(inWords(await exit('runs.resume', runId))).toBe('completed done');
    await expectWhole(kind);
  });
});

it.each(['sd-card', 'sim'] as const)(
  'a forked card (%s) whose restart is undone is released when the new chain is in force, and forked as before when not',
  async (kind) => {
    storage.clear();
    await issue(kind);
    await fork[kind]();
    const outcomes = new Set<string>();
    for (let exchange = 1, reached = true; reached; exchange += 1)
      for (const when of ['before', 'after'] as const) {
        if ((await cardState()) === 'active') await fork[kind]();
        const before = (await chainAtBank())?.epoch ?? 0;
        const runId = await begin(kind, 'false-alarm');
        await settled(technician, runId);
        line.lose({ exchange, when });
        let view = await answered(runId);
        line.mend();
        reached = line.count() >= exchange;
        if (view.state.kind === 'failed') view = await exit('runs.undo', runId);
        const chain = await chainAtBank();
        const renewed = (chain?.epoch ?? 0) > before;
        outcomes.add(`${inWords(view)} ${renewed ? 'renewed' : 'as before'}`);
        if (renewed) await expectWhole(kind);
        else expect([chain?.state, await cardState()]).toEqual(['forked', 'suspended']);
      }
    expect([...outcomes].toSorted()).toEqual([
      'completed done renewed',
      'completed undone as before',
      'completed undone renewed',
    ]);
  },
  patience,
);

it('a SIM that was taken away while it had both chains answers with the one in force', async () => {
  await issue('sim');
  await signIn.sim();
  const runId = await begin('sim');
  await settled(technician, runId);
  const unplan = technician.on('runs.changed', (view) => {
    if (inWords(view) === 'working read-back') atCounter.cards.script(cardReader).pullAt(1, 'before');
  });
  expect(inWords(await answered(runId))).toMatch(/^failed read-back card-removed$/);
  unplan();
  const names = card.state.oath.credentials.map(({ name }) => Buffer.from(name, 'hex').toString('utf8'));
  expect(names).toEqual(expect.arrayContaining([`cw:${cardId}`, `cw:${cardId}~2`]));
  await signIn.sim();
  atCounter.cards.script(cardReader).clear();
  atCounter.putBack();
  await recognisedIn(station, cardReader);
  expect(inWords(await exit('runs.resume', runId))).toBe('completed done');
  await expectWhole('sim');
});

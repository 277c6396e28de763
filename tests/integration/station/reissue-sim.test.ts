import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunView } from '../../../electron/shared/contract/index.ts';
import { encodeKeyHistory, keyHistoryObject } from '../../../native/applications/piv/index.ts';
import {
  memoryCardStore,
  trainingSim,
  virtualBankCard,
  virtualPivCard,
  type CardStore,
} from '../../../native/virtual/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { logInWithSim, simTerminal } from '../../harness/sim-terminal.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  cardReader,
  counter,
  goOn,
  inWords,
  moved,
  must,
  recognisedIn,
  startIssuance,
  startTestStation,
  type TestStation,
  type VirtualSim,
} from '../../harness/start-station.ts';
import { exits, patience, pulledEverywhere, type TroubledRuns } from '../../harness/troubles.ts';

/*
 * S4, 109: ten failures void the certificate of a SIM. Its customer gets it made anew at the counter: on the same
 * SIM with another key, or on another one. The old certificate stays revoked, the registration is the new card's.
 */

const customerId = 'C-100001';
const other = 'C-100002';
const cardPin = '482913';
const officerId = 'test';
let bank: TestBank;
let client: BankClient;
let station: TestStation;
let sim: VirtualSim;
let store: CardStore;

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});
afterAll(() => bank.stop());

const kinds = {
  'a SIM that can be reset': () => virtualPivCard({ form: 'sim', store }),
  'a SIM with domain and one-time passwords': () => virtualBankCard({ sim: trainingSim(), store }),
  'a SIM that is managed through a channel': () =>
    virtualBankCard({ model: 'scp-only', sim: trainingSim(), store }),
} as const;

const password = () => bank.trainingSecrets[customerId]!.suggestedLoginPassword;
const recordOf = async (cardId: string) => (await client.must('readCard', { cardId })).card;
const readerNow = async () => {
  await recognisedIn(station, cardReader);
  const { readers } = must(await station.teller.call('devices.list', {}));
  return readers.find(({ reader }) => reader === cardReader)!;
};
const issue = async (who = customerId, reader = cardReader): Promise<RunView> => {
  const { runId } = must(await startIssuance(station, bank, who));
  return goOn(station, bank, runId, 'sim', {}, 'p-256', reader);
};
const logIn = (cardId: string, chip = sim) =>
  logInWithSim(bank, chip, { cardId, cardPin, password: password() });

/** Ten wrong login passwords, each in a session of its own. */
const fail = async (cardId: string): Promise<void> => {
  for (let tries = 0; tries < 10; tries++) {
    bank.advance(31);
    await logInWithSim(bank, sim, { cardId, cardPin, password: 'not the password' });
  }
  expect(await recordOf(cardId)).toMatchObject({
    state: 'revoked',
    certificate: { state: 'revoked', reason: 'ten-failed-logins' },
    registration: { state: 'void' },
  });
};
/** In and out: the station looks at it anew. */
const putInAgain = async (): Promise<void> => {
  station.counter.cards.remove(cardReader);
  station.counter.cards.insert(cardReader, sim);
  await recognisedIn(station, cardReader);
};
const pinTries = () => [sim.state.piv.pin.left, sim.state.piv.puk.left];

afterEach(async () => {
  expect(station.bugs).toEqual([]);
  await station.stop();
  for (const who of [customerId, other]) {
    const { cards } = await client.must('readCustomer', { customerId: who });
    for (const { cardId, state } of cards) {
      if (state === 'active') await client.must('revokeCard', { cardId }, { reason: 'cessation', officerId });
      else if (!['revoked', 'wiped'].includes(state))
        await client.must('compensateCard', { cardId }, { reason: 'end of test', mediumWiped: true });
    }
  }
});

describe.each(Object.entries(kinds))('%s that is void after ten failures', (_, make) => {
  let old = '';
  beforeEach(async () => {
    store = memoryCardStore();
    sim = make();
    station = await startTestStation({
      bank,
      counter: counter(bank.dataFolder, { sim }),
      options: { now: bank.now },
    });
    const issued = await issue();
    expect(inWords(issued)).toBe('completed done');
    old = issued.subject.cardId!;
    expect((await logIn(old)).path).toBe('/menu');
    await fail(old);
    await putInAgain();
  });

  it('is shown as what it is, and made anew on the same SIM with another key', async () => {
    expect((await readerNow()).medium).toMatchObject({
      refusals: [],
      reissue: { cardId: old, reason: 'ten-failed-logins' },
    });
    const key = (await recordOf(old)).certificate?.publicKeySha256;
    const before = await simTerminal(bank, sim, old);
    const said = must(await before.logIn(cardPin, undefined));
    const issued = await issue();
    expect(inWords(issued)).toBe('completed done');
    const fresh = issued.subject.cardId!;
    expect(fresh).not.toBe(old);
    expect(await recordOf(old)).toMatchObject({
      state: 'wiped',
      certificate: { state: 'revoked', reason: 'ten-failed-logins' },
    });
    const record = await recordOf(fresh);
    expect(record).toMatchObject({ state: 'active', registration: { state: 'active' } });
    expect(record.certificate?.publicKeySha256).not.toBe(key);
    const { certificate } = await client.must('readCertificate', { cardId: fresh });
    const onCard = sim.state.piv.keys['9a'];
    expect(onCard).toBeDefined();
    expect(new X509Certificate(Buffer.from(certificate, 'base64')).subject).toContain(fresh);
    // The new one signs in; what the old one has signed, no more.
    expect((await logIn(fresh)).path).toBe('/menu');
    expect(said.payload).toContain(old);
    const technician = await station.window('technician');
    const inspected = must(await technician.call('reprovision.inspect', { reader: cardReader }));
    expect(inspected).toMatchObject({ content: 'complete', bankRecord: { cardId: fresh } });
    expect(inspected.lines.filter(({ verdict }) => ['differs', 'missing'].includes(verdict))).toEqual([]);
    expect(pinTries()).toEqual([3, 3]);
  });

  it('is not made anew for somebody else; its customer gets another SIM as well', async () => {
    expect(inWords(await issue(other))).toBe('failed inspect-medium card-already-issued');
    const another = virtualBankCard({ sim: trainingSim() });
    station.counter.cards.insert('Second reader', another);
    await recognisedIn(station, 'Second reader');
    const issued = await issue(customerId, 'Second reader');
    expect(inWords(issued)).toBe('completed done');
    expect((await logIn(issued.subject.cardId!, another)).path).toBe('/menu');
    expect((await recordOf(old)).state).toBe('revoked');
  });

  it.each(exits)(
    'pulled while it is made anew ends whole by %s',
    async (way) => {
      let over = old;
      const script = () => station.counter.cards.script(cardReader);
      const runs: TroubledRuns = {
        station: () => station,
        reader: cardReader,
        script: {
          count: () => script().count,
          pullAt: (operation, when) => script().pullAt(operation, when === 'during' ? 'after' : when),
          clear: () => script().clear(),
        },
        before: () =>
          Promise.resolve(async (view) => {
            const made = view.subject.cardId;
            if (inWords(view) === 'completed done') {
              expect((await logIn(made!)).path).toBe('/menu');
              expect((await recordOf(over)).state).toBe('wiped');
              over = made!;
              await fail(over);
              await putInAgain();
              return;
            }
            expect(inWords(view)).toBe('completed undone');
            expect((await readerNow()).medium?.refusals).toEqual([]);
            expect(['revoked', 'wiped']).toContain((await recordOf(over)).state);
          }),
        begin: () => startIssuance(station, bank, customerId),
        settle: (runId) => goOn(station, bank, runId, 'sim'),
        async exit(exit, runId) {
          await moved(station.teller, runId, () => station.teller.call(exit, { runId }));
          return goOn(station, bank, runId, 'sim');
        },
      };
      await pulledEverywhere(runs, way, 60);
      const issued = await issue();
      expect(inWords(issued)).toBe('completed done');
      expect((await logIn(issued.subject.cardId!)).path).toBe('/menu');
      expect(pinTries()).toEqual([3, 3]);
    },
    patience,
  );
});

it('a SIM on which another bank has a key is left as it is: another one is taken', async () => {
  store = memoryCardStore();
  sim = kinds['a SIM that can be reset']();
  station = await startTestStation({
    bank,
    counter: counter(bank.dataFolder, { sim }),
    options: { now: bank.now },
  });
  const old = (await issue()).subject.cardId!;
  await fail(old);
  sim.state.piv.objects[keyHistoryObject.toString(16)] = Buffer.from(encodeKeyHistory(1)).toString('hex');
  await putInAgain();
  const { medium } = await readerNow();
  expect(medium?.refusals).toMatchObject([{ code: 'card-already-issued', data: { cardId: old } }]);
  expect(medium?.reissue).toBeUndefined();
  expect(inWords(await issue())).toBe('failed inspect-medium card-already-issued');
  // The technician is told that the other bank's key would go with it; a batch leaves it alone.
  const technician = await station.window('technician');
  const inspected = must(await technician.call('reprovision.inspect', { reader: cardReader }));
  expect(inspected).toMatchObject({ otherKeys: 1, actions: expect.arrayContaining(['wipe']) });
  must(await technician.call('batches.start', { work: 'wipe', readers: [cardReader], reason: 'superseded' }));
  await expect
    .poll(async () => must(await technician.call('batches.list', { limit: 1 })).batches[0]?.counts)
    .toMatchObject({ refused: 1, good: 0 });
  expect(sim.state.piv.keys['9a']).toBeDefined();
});

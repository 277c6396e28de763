import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CardInspection } from '../../../electron/shared/contract/index.ts';
import {
  trainingSim,
  virtualBankCard,
  virtualPivCard,
  type VirtualBankCard,
} from '../../../native/virtual/index.ts';
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
  sdSlot,
  settled,
  startIssuance,
  startTestStation,
  typeSecrets,
  type Screen,
  type TestStation,
  type VirtualSim,
} from '../../harness/start-station.ts';

/*
 * A bank had to go back to an older state of its database. What it has lost since is at the stations and on the cards:
 * nothing of that is refused for ever, and nothing is taken for something else.
 */

const early = 'C-100001';
const late = 'C-100002';
const cardPin = '482913';
let bank: TestBank;
let station: TestStation;
let manager: Screen;
let technician: Screen;

const open = async (sim: VirtualSim): Promise<void> => {
  station = await startTestStation({ bank, isAnchored: true, counter: counter(bank.dataFolder, { sim }) });
  manager = await station.window('manager');
  technician = await station.window('technician');
};
beforeEach(async () => {
  bank = await startBank();
});
afterEach(async () => {
  expect(station.bugs).toEqual([]);
  await station.stop();
  await bank.stop();
});

let restore: () => Promise<void>;
const backUp = async (): Promise<void> => {
  restore = await bank.backUp();
};
const goBack = async (): Promise<void> => {
  await restore();
  // The station's connections were cut.
  await expect.poll(async () => (await manager.call('audit.verify', {})).ok, { timeout: 10_000 }).toBe(true);
};
const issue = async (customerId: string, kind: 'sim' | 'sd-card'): Promise<string> => {
  await recognisedIn(station, kind === 'sim' ? cardReader : sdSlot);
  const { runId } = must(await startIssuance(station, bank, customerId));
  const run = await goOn(station, bank, runId, kind);
  expect(inWords(run)).toBe('completed done');
  return run.subject.cardId ?? '';
};
const look = async (reader: string): Promise<CardInspection> => {
  await recognisedIn(station, reader);
  return must(await technician.call('reprovision.inspect', { reader }));
};
const wipe = async (reader: string): Promise<void> => {
  const { runId } = must(await technician.call('reprovision.wipe', { reader, reason: 'superseded' }));
  expect(inWords(await settled(technician, runId))).toBe('completed done');
};

const undo = async (runId: string): Promise<void> => {
  const { teller } = station;
  const undone = await moved(teller, runId, () => teller.call('runs.undo', { runId }));
  expect(inWords(undone)).toBe('completed undone');
};

const kinds = {
  'an SD card': ['sd-card', () => virtualPivCard({ form: 'sim' })],
  'a SIM that can be reset': ['sim', () => virtualPivCard({ form: 'sim' })],
  'a SIM with keys of its own domain': ['sim', () => virtualBankCard({ sim: trainingSim() })],
  'a SIM that is managed through a channel': [
    'sim',
    () => virtualBankCard({ model: 'scp-only', sim: trainingSim() }),
  ],
} as const;

describe('a bank that went back', () => {
  test.each(Object.keys(kinds) as (keyof typeof kinds)[])(
    'does not know %s that was issued since: it says so, is wiped, and is issued again',
    async (name) => {
      const [kind, sim] = kinds[name];
      const reader = kind === 'sim' ? cardReader : sdSlot;
      await open(sim());
      await backUp();
      const cardId = await issue(late, kind);
      expect(await look(reader)).toMatchObject({ content: 'complete', bankRecord: { cardId } });
      await goBack();

      const lost = await look(reader);
      expect(lost).toMatchObject({ content: 'unrecorded', actions: ['wipe'] });
      expect(lost.bankRecord).toBeUndefined();
      expect(lost.lines.find(({ item }) => item === 'card-id')).toEqual({
        item: 'card-id',
        card: cardId,
        verdict: 'missing',
      });
      // Nobody writes over it by mistake.
      const { readers } = must(await station.teller.call('devices.list', {}));
      const refusals = readers.find((each) => each.reader === reader)?.medium?.refusals ?? [];
      expect(refusals.map(({ code }) => code)).toEqual([
        kind === 'sim' ? 'card-already-issued' : 'medium-already-issued',
      ]);
      await wipe(reader);
      expect((await look(reader)).content).toBe('blank');
      const again = await issue(late, kind);
      expect(again).not.toBe(cardId);
      expect(await look(reader)).toMatchObject({ content: 'complete', bankRecord: { cardId: again } });
    },
  );

  test('does not take the card that was made on a medium before for the one that it has lost', async () => {
    await open(virtualPivCard({ form: 'sim' }));
    const before = await issue(early, 'sd-card');
    await wipe(sdSlot);
    await backUp();
    const cardId = await issue(late, 'sd-card');
    await goBack();
    const lost = await look(sdSlot);
    expect(lost).toMatchObject({ content: 'unrecorded', bankRecord: { cardId: before }, actions: ['wipe'] });
    expect(lost.lines[0]).toEqual({ item: 'card-id', card: cardId, bank: before, verdict: 'differs' });
    await wipe(sdSlot);
    await issue(late, 'sd-card');
  });

  test('gets the stations’ logs again, and they still check', async () => {
    await open(virtualPivCard({ form: 'sim' }));
    await backUp();
    await issue(late, 'sd-card');
    const before = must(await manager.call('audit.verify', {}));
    expect(before).toMatchObject({ intact: true, anchored: before.records });
    await goBack();
    const after = must(await manager.call('audit.verify', {}));
    expect(after).toMatchObject({ intact: true, anchored: after.records });
    expect(after.records).toBeGreaterThan(before.records);
  });

  test.each(['sim', 'sd-card'] as const)('a run that it has lost is undone: %s', async (kind) => {
    await open(virtualPivCard({ form: 'sim' }));
    await backUp();
    const { teller } = station;
    const reader = kind === 'sim' ? cardReader : sdSlot;
    await recognisedIn(station, reader);
    const { runId } = must(await startIssuance(station, bank, late));
    let run = await settled(teller, runId);
    while (run.state.kind === 'asking' && run.state.ask.kind !== 'hand-over') {
      const { askId, kind: question } = run.state.ask;
      run = await moved(teller, runId, () =>
        question === 'customer-secrets'
          ? typeSecrets(station, bank)
          : teller.call('runs.answer', { runId, askId, answer: { reader, kind, algorithm: 'p-256' } }),
      );
    }
    expect(inWords(run)).toBe('asking hand-over');
    await goBack();
    const { state } = run;
    if (state.kind !== 'asking') throw new Error('it does not ask');
    run = await moved(teller, runId, () =>
      teller.call('runs.answer', { runId, askId: state.ask.askId, answer: { customerConfirmed: true } }),
    );
    expect(inWords(run)).toBe('failed deliver card-unknown');
    await undo(runId);
    expect((await look(reader)).content).toBe('blank');
    await issue(late, kind);
  });

  const prepared = async (): Promise<void> => {
    await recognisedIn(station, cardReader);
    const { batchId } = must(
      await technician.call('batches.start', { work: 'prepare', readers: [cardReader] }),
    );
    const newest = async () => must(await technician.call('batches.list', { limit: 1 })).batches[0];
    await expect.poll(async () => (await newest())?.counts.good, { timeout: 10_000 }).toBe(1);
    must(await technician.call('batches.stop', { batchId }));
    await expect.poll(async () => (await newest())?.phase).toBe('ended');
    expect(await look(cardReader)).toMatchObject({ content: 'blank', prepared: true });
  };

  describe('and does not have the keys of stock that was prepared since', () => {
    beforeEach(async () => {
      await open(virtualBankCard({ sim: trainingSim() }));
      await backUp();
      await prepared();
      await goBack();
    });

    test('finds it with a key that nobody has on record; wiped, it is stock again', async () => {
      expect(await look(cardReader)).toMatchObject({ content: 'blank', unknownKey: true, actions: ['wipe'] });
      await wipe(cardReader);
      const clean = await look(cardReader);
      expect(clean).toMatchObject({ content: 'blank', actions: ['none'] });
      expect(clean.unknownKey).toBeUndefined();
      await issue(late, 'sim');
    });

    test('issues nothing onto it, and takes back what was begun', async () => {
      const { runId } = must(await startIssuance(station, bank, late));
      expect(inWords(await goOn(station, bank, runId, 'sim'))).toBe(
        'failed replace-keys card-management-key-refused',
      );
      await undo(runId);
      await issue(late, 'sim');
    });
  });

  test('has the keys of stock that tells which master key they come from', async () => {
    await open(virtualBankCard({ model: 'scp-only', sim: trainingSim() }));
    await backUp();
    await prepared();
    await goBack();
    expect((await look(cardReader)).unknownKey).toBeUndefined();
    await issue(late, 'sim');
  });

  describe('and has lost sign-ins of a card that it knows', () => {
    let cardId: string;
    let sim: VirtualBankCard;
    const logIn = async () => {
      const password = bank.trainingSecrets[early]!.suggestedLoginPassword;
      const { alarm, path } = await logInWithSim(bank, sim, { cardId, cardPin, password });
      return { alarm, path };
    };
    const inForce = { alarm: false, path: '/menu' };
    const lose = async (signIns: number): Promise<void> => {
      await backUp();
      for (let each = 0; each < signIns; each++) expect(await logIn()).toEqual(inForce);
      await goBack();
      // Challenges that the card has answered already come again; it does not answer them twice.
      for (let each = 0; each < signIns; each++) await expect(logIn()).rejects.toThrow('challenge-unknown');
    };
    beforeEach(async () => {
      sim = virtualBankCard({ sim: trainingSim() });
      await open(sim);
      cardId = await issue(early, 'sim');
      expect(await logIn()).toEqual(inForce);
    });

    test('one of them: the card goes on by itself', async () => {
      await lose(1);
      expect(await logIn()).toEqual(inForce);
      expect(await look(cardReader)).toMatchObject({
        bankRecord: { state: 'active' },
        chain: { state: 'good' },
      });
    });

    test('more: it is taken for a copy, and its one-time passwords begin anew at the counter', async () => {
      await lose(2);
      expect((await logIn()).alarm).toBe(true);
      expect(await look(cardReader)).toMatchObject({
        content: 'complete',
        bankRecord: { state: 'suspended' },
        chain: { state: 'forked' },
      });
      const { runId } = must(
        await technician.call('reprovision.restartChain', { reader: cardReader, reason: 'false-alarm' }),
      );
      let run = await settled(technician, runId);
      while (run.state.kind === 'asking')
        run = await moved(technician, runId, () => typeSecrets(station, bank));
      expect(inWords(run)).toBe('completed done');
      expect(await logIn()).toEqual(inForce);
    });
  });
});

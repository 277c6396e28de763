import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunView } from '../../../electron/shared/contract/index.ts';
import { createMedium } from '../../../native/virtual/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  counter,
  goOn,
  inWords,
  moved,
  must,
  sdSlot,
  settled,
  startIssuance,
  startTestStation,
  type TestStation,
} from '../../harness/start-station.ts';

let bank: TestBank;
let station: TestStation | undefined;
beforeAll(async () => {
  bank = await startBank();
});
afterAll(() => bank.stop());
afterEach(() => station?.stop());

const customers = () => bank.customers.map(({ customerId }) => customerId);

describe('a slow card', () => {
  test('the teller sees how much is written and read, how fast, and how long it still takes', async () => {
    station = await startTestStation({ bank });
    station.counter.media.script(sdSlot).slowDown(4000);
    const seen: RunView[] = [];
    station.teller.on('runs.changed', (view) => seen.push(view));
    const { runId } = must(await startIssuance(station, bank, customers()[0] ?? ''));
    expect(inWords(await goOn(station, bank, runId, 'sd-card'))).toBe('completed done');
    for (const [step, doing] of [
      ['write-client', 'writing'],
      ['read-back', 'reading'],
    ] as const) {
      const views = seen.filter(({ state }) => state.kind === 'working' && state.step === step);
      const transfers = views.flatMap(({ state }) =>
        state.kind === 'working' && state.transfer ? [state.transfer] : [],
      );
      expect(transfers.filter((transfer) => transfer.doing === doing).length).toBeGreaterThan(5);
      const last = transfers.at(-1);
      expect(last).toMatchObject({ doing, doneBytes: last?.ofBytes, leftMs: 0 });
      // What the card was told to do, as far as a shared machine keeps time.
      expect(last?.bytesPerSecond).toBeGreaterThan(300);
      expect(last?.bytesPerSecond).toBeLessThan(5000);
      expect(views.map(({ removal }) => removal)).not.toContain('safe');
    }
    expect(station.bugs).toEqual([]);
  });
});

describe('two cards of one box, alike in everything that a USB reader says', () => {
  const start = async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardwright-twins-'));
    const [one, other] = ['one', 'other'].map((name) =>
      createMedium(join(folder, name), { ofBox: '1234abcd' }),
    );
    if (!one || !other) throw new Error('two cards were made');
    expect(one.identity).toEqual(other.identity);
    station = await startTestStation({ bank, counter: counter(folder, { sd: one }) });
    const { media } = station.counter;
    return {
      at: station,
      one,
      other,
      otherFiles: () => readdirSync(join(folder, 'other/volume')),
      swapFor(medium: typeof one) {
        must(media.remove(sdSlot));
        must(media.insert(sdSlot, medium));
      },
    };
  };

  /** Does it once, when the run comes to this step and before the step has done anything. */
  const atStep = ({ teller }: TestStation, step: string, act: () => void) => {
    let isDone = false;
    teller.on('runs.changed', (view) => {
      if (isDone || inWords(view) !== `working ${step}`) return;
      isDone = true;
      act();
    });
  };

  test.each(['write-user-info', 'write-manifest', 'read-back'])(
    'swapped at %s: nothing is written to the other, and the first one is known again',
    async (step) => {
      const { at, one, other, otherFiles, swapFor } = await start();
      const { teller } = at;
      const { runId } = must(await startIssuance(at, bank, customers()[1] ?? ''));
      atStep(at, step, () => swapFor(other));
      const stopped = await goOn(at, bank, runId, 'sd-card');
      expect(inWords(stopped)).toMatch(/^failed .* medium-swapped$/);
      const again = await moved(teller, runId, () => teller.call('runs.resume', { runId }));
      expect(inWords(again)).toMatch(/^failed .* medium-swapped$/);
      expect(otherFiles()).toEqual([]);
      swapFor(one);
      await moved(teller, runId, () => teller.call('runs.resume', { runId }));
      expect(inWords(await settled(teller, runId))).toBe('asking hand-over');
      must(await teller.call('runs.cancel', { runId }));
      await settled(teller, runId);
      await moved(teller, runId, () => teller.call('runs.undo', { runId }));
      expect(at.bugs).toEqual([]);
    },
  );

  test('swapped between the choice and the first write: nothing is written, the run is taken back', async () => {
    const { at, other, otherFiles, swapFor } = await start();
    const { teller } = at;
    const { runId } = must(await startIssuance(at, bank, customers()[2] ?? ''));
    atStep(at, 'reserve-card', () => swapFor(other));
    expect(inWords(await goOn(at, bank, runId, 'sd-card'))).toBe('failed write-key medium-swapped');
    const again = await moved(teller, runId, () => teller.call('runs.resume', { runId }));
    expect(inWords(again)).toBe('failed write-key medium-swapped');
    expect(otherFiles()).toEqual([]);
    const undone = await moved(teller, runId, () => teller.call('runs.undo', { runId }));
    expect(inWords(undone)).toBe('completed undone');
    expect(at.bugs).toEqual([]);
  });
});

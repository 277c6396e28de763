import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomerPrompt, RunView } from '../../../electron/shared/contract/index.ts';
import { startDeviceProcess, type DeviceProcess } from '../../../native/drivers/index.ts';
import {
  memoryCardStore,
  trainingSim,
  virtualBankCard,
  virtualMediaDriver,
  type VpcdConnection,
} from '../../../native/virtual/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { startPcscd, whyNoPcscd, type PrivatePcscd } from '../../harness/start-pcscd.ts';
import {
  goOn,
  inWords,
  moved,
  must,
  startIssuance,
  startTestStation,
  type TestStation,
} from '../../harness/start-station.ts';

/*
 * A card in a reader with keys of its own (PC/SC part 10): for the proof the customer types the card PIN there.
 */

const reason = whyNoPcscd();

describe.skipIf(reason !== undefined)(
  `an issuance at a reader with a PIN pad${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    const cardPin = '482913';
    let pcscd: PrivatePcscd;
    let devices: DeviceProcess;
    let bank: TestBank;
    let station: TestStation;
    let connection: VpcdConnection;
    let view: RunView;
    const views: RunView[] = [];
    const prompts: CustomerPrompt[] = [];

    beforeAll(async () => {
      pcscd = await startPcscd({ shim: true });
      pcscd.setPad('nobody');
      process.env.PCSCLITE_CSOCK_NAME = pcscd.environment.PCSCLITE_CSOCK_NAME;
      bank = await startBank();
      connection = await pcscd.insert(virtualBankCard({ sim: trainingSim(), store: memoryCardStore() }));
      devices = must(await startDeviceProcess({ pcsc: true }));
      const media = virtualMediaDriver([]);
      station = await startTestStation({
        bank,
        options: { devices: { cards: devices.cards, media, training: undefined, stop: async () => {} } },
      });
      station.teller.on('runs.changed', (changed) => views.push(changed));
      station.customer.on('customer.promptChanged', (prompt) => prompts.push(prompt));
    }, 120_000);
    afterAll(async () => {
      await station.stop();
      await devices.stop();
      await connection.remove();
      delete process.env.PCSCLITE_CSOCK_NAME;
      await pcscd.close();
      await bank.stop();
    });

    const atReader = (): string[] =>
      views.flatMap(({ state }) =>
        state.kind === 'working' && state.atReader ? [`${state.step} ${state.atReader}`] : [],
      );

    it('a wrong PIN is the card’s to refuse, with the tries that are left, and costs nothing else', async () => {
      pcscd.setPad('999999');
      const { runId } = must(await startIssuance(station, bank, 'C-100001'));
      view = await goOn(station, bank, runId, 'sim', { cardPin }, 'p-256', pcscd.readers[0]!.name);
      expect(inWords(view)).toBe('failed prove card-pin-wrong');
      expect(view.state).toMatchObject({ fault: { data: { triesLeft: 2 } } });
      expect(new Set(atReader())).toEqual(new Set(['prove type-pin']));
      expect(prompts.map(({ kind }) => kind)).toContain('type-at-reader');
    });

    it('the right one proves the card; the station asks nobody for it again', async () => {
      const { runId } = view;
      pcscd.setPad(cardPin);
      prompts.length = 0;
      await moved(station.teller, runId, () => station.teller.call('runs.resume', { runId }));
      view = await goOn(station, bank, runId, 'sim', {}, 'p-256', pcscd.readers[0]!.name);
      expect(inWords(view)).toBe('completed done');
      expect(prompts.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(['type-at-reader', 'take-card', 'idle']),
      );
      expect(prompts.map(({ kind }) => kind)).not.toContain('enter-secrets');
      // VERIFY, for each of the two, as pcscd’s own headers read it: the card PIN (80), eight places of ff.
      expect(pcscd.askedAtPad()).toHaveLength(2);
      for (const asked of pcscd.askedAtPad()) expect(asked).toMatch(/0020008008ffffffffffffffff$/);
    });

    it('at a reader that tells of keys and has none that work, the PIN from the customer’s screen serves', async () => {
      await connection.remove();
      connection = await pcscd.insert(virtualBankCard({ sim: trainingSim(), store: memoryCardStore() }));
      pcscd.setPad('broken');
      const { runId } = must(await startIssuance(station, bank, 'C-100002'));
      view = await goOn(station, bank, runId, 'sim', { cardPin }, 'p-256', pcscd.readers[0]!.name);
      expect(inWords(view)).toBe('completed done');
      expect(pcscd.askedAtPad()).toHaveLength(3);
    });
  },
);

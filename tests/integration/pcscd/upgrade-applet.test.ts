import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, describe, it } from 'vitest';
import {
  supplyApplets,
  trainingApplet,
} from '../../../electron/bank-server/training/supply-training-applets.ts';
import { startDeviceProcess, type DeviceProcess } from '../../../native/drivers/index.ts';
import {
  memoryCardStore,
  trainingSim,
  virtualBankCard,
  virtualMediaDriver,
  type VirtualBankCard,
  type VpcdConnection,
} from '../../../native/virtual/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { startPcscd, whyNoPcscd, type PrivatePcscd } from '../../harness/start-pcscd.ts';
import {
  goOn,
  inWords,
  moved,
  must,
  recognisedIn,
  settled,
  startIssuance,
  startTestStation,
  type Screen,
  type TestStation,
} from '../../harness/start-station.ts';
import { vpcdHands, type VpcdHands } from '../../harness/vpcd-hands.ts';

/** The bank's applet onto a SIM that is in a reader of the real pcscd, and out of it in the middle of LOAD. */
const reason = whyNoPcscd();
describe.skipIf(reason !== undefined)(
  `an applet through the real pcscd${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'upgrade-applet-'));
    const { packageAid, instanceAid } = trainingApplet;
    let pcscd: PrivatePcscd;
    let devices: DeviceProcess;
    let bank: TestBank;
    let station: TestStation;
    let technician: Screen;
    let hands: VpcdHands;
    let connection: VpcdConnection;
    let card: VirtualBankCard;
    let reader = '';

    beforeAll(async () => {
      pcscd = await startPcscd({ shim: true });
      process.env.PCSCLITE_CSOCK_NAME = pcscd.environment.PCSCLITE_CSOCK_NAME;
      bank = await startBank();
      const [first] = pcscd.readers;
      reader = first!.name;
      hands = vpcdHands(first!.port);
      card = virtualBankCard({
        sim: trainingSim(),
        store: memoryCardStore(),
        applet: { packageAid, instanceAid, version: '1.0' },
      });
      connection = await hands.insert(card);
      devices = must(await startDeviceProcess({ pcsc: true }));
      mkdirSync(join(folder, 'station'));
      station = await startTestStation({
        bank,
        folder: join(folder, 'station'),
        options: {
          devices: {
            cards: devices.cards,
            media: virtualMediaDriver([]),
            training: undefined,
            stop: async () => {},
          },
        },
      });
      technician = await station.window('technician');
      await recognisedIn(station, reader);
      const { runId } = must(await startIssuance(station, bank, 'C-100001'));
      expect(inWords(await goOn(station, bank, runId, 'sim', {}, 'p-256', reader))).toBe('completed done');
    }, 120_000);
    afterEach(() => expect(station.bugs).toEqual([]));
    afterAll(async () => {
      await station.stop();
      await devices.stop();
      await hands.remove();
      delete process.env.PCSCLITE_CSOCK_NAME;
      await pcscd.close();
      await bank.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it('goes on to its end after a pull in the middle of LOAD', async () => {
      const content = JSON.stringify(card.state.piv.objects);
      // Long enough for several blocks.
      supplyApplets(join(bank.dataFolder, 'applets'), [
        { version: '1.0' },
        { version: '1.1', source: { methodLength: 1_500 } },
      ]);
      let pulled = false;
      technician.on('runs.changed', ({ state }) => {
        if (pulled || state.kind !== 'working' || state.transfer === undefined) return;
        pulled = true;
        connection.script.pullAt(2, 'after');
      });
      const { runId } = must(await technician.call('reprovision.upgradeApplet', { reader, packageAid }));
      expect(inWords(await settled(technician, runId))).toBe('failed load-applet card-removed');
      expect(card.state.domain.packages).toEqual([]);
      await hands.remove();
      connection = await hands.insert(card);
      await recognisedIn(station, reader);
      const view = await moved(technician, runId, () => technician.call('runs.resume', { runId }));
      expect(inWords(view)).toBe('completed done');
      const inspected = must(await technician.call('reprovision.inspect', { reader }));
      expect(inspected.applets).toMatchObject([{ state: 'current', onCard: '1.1' }]);
      expect(card.state.domain.instances.map(({ aid }) => aid)).toEqual([instanceAid]);
      expect(JSON.stringify(card.state.piv.objects)).toBe(content);
    });
  },
);

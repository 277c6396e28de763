import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../electron/shared/codec/index.ts';
import { startDeviceProcess, type DeviceProcess } from '../../../native/drivers/index.ts';
import { virtualPivCard, type VirtualCard } from '../../../native/virtual/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import { startPcscd, whyNoPcscd, type PrivatePcscd } from '../../harness/start-pcscd.ts';
import {
  goOn,
  inWords,
  moved,
  must,
  recognisedIn,
  startIssuance,
  startTestStation,
  type TestStation,
} from '../../harness/start-station.ts';
import { vpcdHands } from '../../harness/vpcd-hands.ts';

/**
 * Cards and readers that come and go, and a pcscd that dies in the middle of an issuance, without a new device
 * process. The short form is enough to see that it works; CARDWRIGHT_LONG=1 replugs a thousand times and
 * shows what the process holds before and after.
 */
const long = process.env.CARDWRIGHT_LONG === '1';
const replugs = long ? 1_000 : 10;
const unplugs = long ? 100 : 2;
const selectPiv = fromHex('00a4040005a000000308');

const reason = whyNoPcscd();
describe.skipIf(reason !== undefined).each(['pcsclite', 'smartcard'] as const)(
  `through %s${reason ? ` (skipped: ${reason})` : ''}`,
  (pcscBinding) => {
    let pcscd: PrivatePcscd;
    let devices: DeviceProcess;
    let pid: number;
    beforeAll(async () => {
      pcscd = await startPcscd({ shim: true });
      process.env.PCSCLITE_CSOCK_NAME = pcscd.environment.PCSCLITE_CSOCK_NAME;
      devices = must(await startDeviceProcess({ pcsc: true, pcscBinding }));
      pid = deviceProcesses()[0]!;
      await listed(() => devices.cards.readers().length === 2);
    });
    afterAll(async () => {
      await devices.stop();
      delete process.env.PCSCLITE_CSOCK_NAME;
      await pcscd.close();
    });

    const listed = (condition: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!condition()) return;
          stop();
          resolve();
        };
        const stop = devices.cards.onChange(check);
        check();
      });
    const cardIn = (reader: string) => devices.cards.readers().find((one) => one.reader === reader)?.card;

    it(`${replugs} times in and out, and ${unplugs} times with the reader, hold nothing`, async () => {
      const { name, port } = pcscd.readers[0]!;
      const hands = vpcdHands(port);
      const card = virtualPivCard();
      const insertions = new Set<number>();

      /** Every second lease is still open when the card goes. */
      const replug = async (round: number): Promise<void> => {
        await hands.insert(card);
        await listed(() => cardIn(name) !== undefined);
        insertions.add(cardIn(name)!.insertion);
        const link = must(await devices.cards.connect(name));
        expect(toHex(must(await link.transmit(selectPiv))).slice(-4)).toBe('9000');
        if (round % 2 === 0) await link.close();
        await hands.remove();
        await listed(() => cardIn(name) === undefined);
        if (round % 2 === 1) {
          expect((await link.transmit(selectPiv)).ok).toBe(false);
          await link.close();
        }
      };
      const unplug = async (): Promise<void> => {
        pcscd.unplug();
        await listed(() => devices.cards.readers().length === 0);
        pcscd.plug();
        await listed(() => devices.cards.readers().length === 2);
      };

      // What is loaded with the first uses stays, and is no leak.
      for (let round = 0; round < 6; round++) await replug(round);
      await unplug();
      const before = heldBy(pid);
      for (let round = 0; round < replugs; round++) await replug(round);
      for (let round = 0; round < unplugs; round++) await unplug();
      const after = heldBy(pid);
      if (long) console.log(pcscBinding, { replugs, unplugs, before, after });

      expect(insertions.size).toBe(replugs + 6);
      expect(deviceProcesses()).toEqual([pid]);
      expect(after.descriptors).toBeLessThanOrEqual(before.descriptors + 2);
      expect(after.threads).toBeLessThanOrEqual(before.threads + 2);
      // V8 takes some at first and gives back late; 20 KiB for each of a thousand would be more than this.
      expect(after.memoryKiB).toBeLessThanOrEqual(before.memoryKiB + 20_480);
    }, 3_600_000);

    describe('pcscd killed in the middle of an issuance', () => {
      let bank: TestBank;
      let station: TestStation;
      beforeAll(async () => {
        bank = await startBank();
        // The device process is this file's, and is asked for at its end.
        station = await startTestStation({
          bank,
          options: { devices: { ...devices, stop: async () => {} } },
        });
      });
      afterAll(async () => {
        await station.stop();
        await bank.stop();
      });

      it('stops it at its step, and it goes on to its end in the same station', async () => {
        const { name, port } = pcscd.readers[0]!;
        const hands = vpcdHands(port);
        const plain = virtualPivCard({ form: 'sim' });
        // Killed while the card has the command that writes the certificate: whatever the machine is doing beside it.
        let restarted: Promise<void> | undefined;
        let isKeyed = false;
        const sim: VirtualCard = {
          atr: plain.atr,
          powerCycle: () => {
            plain.powerCycle();
          },
          transmit: (command) => {
            isKeyed ||= command[1] === 0x47; // GENERATE ASYMMETRIC KEY PAIR
            if (isKeyed && command[1] === 0xdb && toHex(command).includes('5c035fc105'))
              restarted ??= pcscd.restart();
            return plain.transmit(command);
          },
        };
        await hands.insert(sim);
        await recognisedIn(station, name);

        const { runId } = must(await startIssuance(station, bank, 'C-100001'));
        const stopped = await goOn(station, bank, runId, 'sim', {}, 'p-256', name);
        expect(inWords(stopped)).toBe('failed write-certificate pcsc-unavailable');
        await restarted;

        await hands.remove(); // its pcscd went away, and the card with it
        await listed(() => devices.cards.readers().length === 2);
        await hands.insert(sim);
        await recognisedIn(station, name);
        await moved(station.teller, runId, () => station.teller.call('runs.resume', { runId }));
        const ended = await goOn(station, bank, runId, 'sim', {}, 'p-256', name);
        expect(inWords(ended)).toBe('completed done');
        expect(station.bugs).toEqual([]);
        expect(deviceProcesses()).toEqual([pid]);
        await hands.remove();
        await bank
          .client()
          .must('revokeCard', { cardId: ended.subject.cardId! }, { reason: 'cessation', officerId: 'test' });
      }, 180_000);
    });
  },
);

/** The device processes that this one has forked. */
const deviceProcesses = (): number[] =>
  execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('device-process/program'))
    .map((line) => Number.parseInt(line, 10));

const heldBy = (pid: number): { descriptors: number; threads: number; memoryKiB: number } => ({
  descriptors: readdirSync(`/proc/${pid}/fd`).length,
  threads: readdirSync(`/proc/${pid}/task`).length,
  memoryKiB: Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]),
});

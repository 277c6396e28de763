import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../electron/shared/codec/index.ts';
import { fail, type Result } from '../../../electron/shared/result/index.ts';
import {
  startDeviceProcess,
  type CardPresence,
  type DeviceProcess,
  type StartDeviceProcessOptions,
} from '../../../native/drivers/index.ts';
import { trainingReaders, virtualPivCard } from '../../../native/virtual/index.ts';
import { cardDriverSuite } from '../../contract/card-driver/card-driver-suite.ts';
import { startPcscd, whyNoPcscd, type PrivatePcscd } from '../../harness/start-pcscd.ts';
import { vpcdHands } from '../../harness/vpcd-hands.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};
const selectPiv = fromHex('00a4040005a000000308');

const reason = whyNoPcscd();
describe.skipIf(reason !== undefined).each(['pcsclite', 'smartcard'] as const)(
  `readers of the real pcscd through %s${reason ? ` (skipped: ${reason})` : ''}`,
  (pcscBinding) => {
    let pcscd: PrivatePcscd;
    let devices: DeviceProcess;
    const start = async (options: Partial<StartDeviceProcessOptions> = {}): Promise<DeviceProcess> =>
      valueOf(await startDeviceProcess({ pcsc: true, pcscBinding, pcscHeartbeatMs: 200, ...options }));

    beforeAll(async () => {
      pcscd = await startPcscd({ shim: true });
      // The forked device process takes it from here.
      process.env.PCSCLITE_CSOCK_NAME = pcscd.environment.PCSCLITE_CSOCK_NAME;
      devices = await start();
    });
    afterAll(async () => {
      await devices.stop();
      delete process.env.PCSCLITE_CSOCK_NAME;
      await pcscd.close();
    });

    const listed = (condition: () => boolean, of = devices): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!condition()) return;
          stop();
          resolve();
        };
        const stop = of.cards.onChange(check);
        check();
      });
    const cardIn = (reader: string, of = devices): CardPresence | undefined =>
      of.cards.readers().find((one) => one.reader === reader)?.card;

    cardDriverSuite('a card driver', async () => {
      const { name: reader, port } = pcscd.readers[0]!;
      const hands = vpcdHands(port);
      const cards = [virtualPivCard(), virtualPivCard({ form: 'sim' })] as const;
      await listed(() => devices.cards.readers().some((one) => one.reader === reader && !one.card));
      return {
        driver: devices.cards,
        reader,
        async insert(card) {
          await hands.insert(cards[card]);
        },
        remove: hands.remove,
        setPad: (keys) => pcscd.setPad(keys),
        async stop() {
          await hands.remove();
        },
      };
    });

    describe('a reader', () => {
      let reader: string;
      let hands: ReturnType<typeof vpcdHands>;
      beforeEach(async () => {
        reader = pcscd.readers[1]!.name;
        hands = vpcdHands(pcscd.readers[1]!.port);
        await listed(() => devices.cards.readers().length === 2);
      });
      afterEach(async () => {
        await hands.remove();
        await listed(() => cardIn(reader) === undefined);
      });
      const insert = async (): Promise<CardPresence> => {
        await hands.insert(virtualPivCard());
        await listed(() => cardIn(reader) !== undefined);
        return cardIn(reader)!;
      };

      it('that is unplugged is gone, and its card with it; plugged in again it is there', async () => {
        await insert();
        const link = valueOf(await devices.cards.connect(reader));
        pcscd.unplug();
        await listed(() => devices.cards.readers().length === 0);
        expect(await link.transmit(selectPiv)).toEqual(fail('reader-gone', { reader }));
        expect(await devices.cards.connect(reader)).toEqual(fail('reader-unknown', { reader }));
        await link.close();
        pcscd.plug();
        await listed(() => devices.cards.readers().length === 2);
        await hands.remove();
        await listed(() => cardIn(reader) === undefined);
        await insert();
        await valueOf(await devices.cards.connect(reader)).close();
      });

      it('whose card another program uses says which programs there are', async () => {
        await insert();
        const other = spawn('opensc-explorer', ['--reader', '1', '--mf', ''], {
          env: { ...process.env, ...pcscd.environment },
          stdio: ['pipe', 'pipe', 'ignore'],
        });
        // It has the card, and waits for what we type.
        let said = '';
        await new Promise<void>((resolve) =>
          other.stdout.on('data', (text) => {
            said += String(text);
            if (said.includes('OpenSC [')) resolve();
          }),
        );
        const refused = await devices.cards.connect(reader);
        expect(refused).toMatchObject({ ok: false, fault: { code: 'reader-busy', data: { reader } } });
        expect(!refused.ok && refused.fault.data.programs).toContain('opensc-explorer');
        other.stdin.end('quit\n');
        await new Promise((resolve) => other.once('exit', resolve));
        await valueOf(await devices.cards.connect(reader)).close();
      });

      it('whose card never answers ends with the time limit, and the process is thrown away', async () => {
        const connection = await hands.insert(virtualPivCard());
        await listed(() => cardIn(reader) !== undefined);
        const link = valueOf(await devices.cards.connect(reader));
        connection.script.answerOnce(() => true, 'silence');
        expect(await link.transmit(selectPiv, { timeoutMs: 200 })).toEqual(fail('card-timeout'));
        expect(await link.transmit(fromHex('00200080'))).toEqual(fail('card-timeout'));
        await link.close();
        await listed(() => devices.condition().devices === 'restarting');
        // pcscd waits for the card too, until it is taken out.
        await hands.remove();
        await listed(() => devices.cards.readers().length === 2 && cardIn(reader) === undefined);
        await insert();
        const again = valueOf(await devices.cards.connect(reader));
        expect(toHex(valueOf(await again.transmit(selectPiv))).slice(-4)).toBe('9000');
        await again.close();
      });

      it('keeps its lease while a card in another reader hangs', async () => {
        await insert();
        const first = vpcdHands(pcscd.readers[0]!.port);
        const hanging = await first.insert(virtualPivCard());
        await listed(() => cardIn(pcscd.readers[0]!.name) !== undefined);
        const link = valueOf(await devices.cards.connect(reader));
        const stuck = valueOf(await devices.cards.connect(pcscd.readers[0]!.name));
        hanging.script.answerOnce(() => true, 'silence');
        const waiting = stuck.transmit(selectPiv, { timeoutMs: 400 });
        expect(toHex(valueOf(await link.transmit(selectPiv))).slice(-4)).toBe('9000');
        expect(await waiting).toEqual(fail('card-timeout'));
        await stuck.close();
        // The process goes when nobody would lose a card by it.
        expect(toHex(valueOf(await link.transmit(selectPiv))).slice(-4)).toBe('9000');
        await link.close();
        await listed(() => devices.condition().devices === 'restarting');
        await first.remove();
        await listed(() => devices.cards.readers().length === 2);
      });
    });

    describe('pcscd', () => {
      it('that is restarted comes back, and the same reader counts on', async () => {
        const { name, port } = pcscd.readers[1]!;
        const hands = vpcdHands(port);
        await listed(() => devices.cards.readers().length === 2);
        await hands.insert(virtualPivCard());
        await listed(() => cardIn(name) !== undefined);
        const before = cardIn(name)!.insertion;
        const link = valueOf(await devices.cards.connect(name));
        await pcscd.restart();
        await listed(() => devices.condition().pcsc !== 'running');
        expect(await link.transmit(fromHex('00200080'))).toEqual(fail('pcsc-unavailable'));
        await link.close();
        await hands.remove();
        await listed(() => devices.cards.readers().length === 2);
        await hands.insert(virtualPivCard());
        await listed(() => cardIn(name) !== undefined);
        expect(cardIn(name)!.insertion).toBeGreaterThan(before);
        await valueOf(await devices.cards.connect(name)).close();
        await hands.remove();
      });

      it('that is not there is found when it comes', async () => {
        await pcscd.end();
        const alone = await start();
        expect(alone.condition().pcsc).toBe('absent');
        expect(await alone.cards.connect('any')).toEqual(fail('pcsc-unavailable'));
        await pcscd.start();
        await listed(() => alone.cards.readers().length === 2, alone);
        expect(alone.condition().pcsc).toBe('running');
        await alone.stop();
      });

      it('that hangs is as good as absent, other devices go on, and it is back when it goes on', async () => {
        const folder = mkdtempSync(join(tmpdir(), 'hanging-pcscd-'));
        const both = await start({ virtual: { folder } });
        const [virtualReader] = trainingReaders;
        valueOf(await both.training!.insert('sim-1', virtualReader));
        // Once its readers are listed, no call waits for pcscd where the whole process would wait with it.
        await listed(
          () => both.cards.readers().some(({ reader }) => reader === pcscd.readers[0]!.name),
          both,
        );
        const link = valueOf(await both.cards.connect(virtualReader));
        pcscd.hang();
        try {
          await listed(() => both.condition().pcsc === 'absent', both);
          expect(await both.cards.connect(pcscd.readers[0]!.name)).toEqual(fail('pcsc-unavailable'));
          expect(toHex(valueOf(await link.transmit(selectPiv))).slice(-4)).toBe('9000');
          // With the last lease the process goes, and another starts beside a pcscd that still hangs.
          await link.close();
          await listed(() => both.condition().devices === 'restarting', both);
          await listed(() => cardIn(virtualReader, both) !== undefined, both);
          await valueOf(await both.cards.connect(virtualReader)).close();
        } finally {
          pcscd.goOn();
        }
        await listed(() => both.condition().pcsc === 'running', both);
        await both.stop();
        rmSync(folder, { recursive: true });
      });
    });
  },
);

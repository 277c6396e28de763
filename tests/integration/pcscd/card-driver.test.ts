import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setTimeout as pause } from 'node:timers/promises';
import { fromHex, toHex } from '../../../electron/shared/codec/index.ts';
import { fail, type Result } from '../../../electron/shared/result/index.ts';
import { startDeviceProcess, type DeviceProcess } from '../../../native/drivers/index.ts';
import {
  connectVpcd,
  virtualPivCard,
  type VirtualCard,
  type VpcdConnection,
} from '../../../native/virtual/index.ts';
import { cardDriverSuite } from '../../contract/card-driver/card-driver-suite.ts';
import { startPcscd, whyNoPcscd, type PrivatePcscd } from '../../harness/start-pcscd.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

const reason = whyNoPcscd();
describe.skipIf(reason !== undefined)(
  `readers of the real pcscd${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    let pcscd: PrivatePcscd;
    beforeAll(async () => {
      pcscd = await startPcscd();
      // The forked device process takes it from here.
      process.env.PCSCLITE_CSOCK_NAME = pcscd.environment.PCSCLITE_CSOCK_NAME;
    });
    afterAll(async () => {
      delete process.env.PCSCLITE_CSOCK_NAME;
      await pcscd.close();
    });

    /** The reader needs 0.6 s without a card to notice that there was none. */
    const outSince = new Map<number, number>();
    const hands = (port: number) => {
      let connection: VpcdConnection | undefined;
      return {
        async insert(card: VirtualCard): Promise<VpcdConnection> {
          await pause(Math.max(0, (outSince.get(port) ?? 0) + 700 - Date.now()));
          connection = valueOf(await connectVpcd(card, { port }));
          return connection;
        },
        async remove(): Promise<void> {
          await connection?.remove();
          connection = undefined;
          outSince.set(port, Date.now());
        },
      };
    };

    const listed = (devices: DeviceProcess, condition: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!condition()) return;
          stop();
          resolve();
        };
        const stop = devices.cards.onChange(check);
        check();
      });

    cardDriverSuite('through the device process', async () => {
      const { name: reader, port } = pcscd.readers[0]!;
      const devices = valueOf(await startDeviceProcess({ pcsc: true }));
      const cards = [virtualPivCard(), virtualPivCard({ form: 'sim' })] as const;
      const { insert, remove } = hands(port);
      await listed(devices, () => devices.cards.readers().some((one) => one.reader === reader && !one.card));
      return {
        driver: devices.cards,
        reader,
        async insert(card) {
          await insert(cards[card]);
        },
        remove,
        async stop() {
          await remove();
          await devices.stop();
        },
      };
    });

    describe('the service itself', () => {
      it('comes back after a restart, and the same reader counts on', async () => {
        const { name, port } = pcscd.readers[1]!;
        const devices = valueOf(await startDeviceProcess({ pcsc: true }));
        const { insert, remove } = hands(port);
        const card = () => devices.cards.readers().find((one) => one.reader === name)?.card;
        await listed(devices, () => devices.cards.readers().length === 2);
        await insert(virtualPivCard());
        await listed(devices, () => card() !== undefined);
        const before = card()!.insertion;
        const link = valueOf(await devices.cards.connect(name));
        await pcscd.restart();
        await listed(devices, () => devices.condition().pcsc !== 'running');
        expect((await link.transmit(fromHex('00200080'))).ok).toBe(false);
        await link.close();
        await remove();
        await listed(devices, () => devices.cards.readers().length === 2);
        await insert(virtualPivCard());
        await listed(devices, () => card() !== undefined);
        expect(card()!.insertion).toBeGreaterThan(before);
        await valueOf(await devices.cards.connect(name)).close();
        await remove();
        await devices.stop();
      });

      it('a card that never answers ends with the time limit, and the process is thrown away', async () => {
        const { name, port } = pcscd.readers[1]!;
        const devices = valueOf(await startDeviceProcess({ pcsc: true }));
        const { insert, remove } = hands(port);
        const card = () => devices.cards.readers().find((one) => one.reader === name)?.card;
        const connection = await insert(virtualPivCard());
        await listed(devices, () => card() !== undefined);
        const link = valueOf(await devices.cards.connect(name));
        connection.script.answerOnce(() => true, 'silence');
        expect(await link.transmit(fromHex('00a4040005a000000308'), { timeoutMs: 200 })).toEqual(
          fail('card-timeout'),
        );
        expect(await link.transmit(fromHex('00200080'))).toEqual(fail('card-timeout'));
        await link.close();
        await listed(devices, () => devices.condition().devices === 'restarting');
        // pcscd waits for the card too, until it is taken out.
        await remove();
        await listed(devices, () => devices.cards.readers().length === 2 && card() === undefined);
        await insert(virtualPivCard());
        await listed(devices, () => card() !== undefined);
        const again = valueOf(await devices.cards.connect(name));
        expect(toHex(valueOf(await again.transmit(fromHex('00a4040005a000000308')))).slice(-4)).toBe('9000');
        await again.close();
        await remove();
        await devices.stop();
      });
    });
  },
);

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Result } from '../../../electron/shared/result/index.ts';
import { startDeviceProcess } from '../../../native/drivers/index.ts';
import {
  trainingReaders,
  virtualCardDriver,
  virtualPivCard,
  type Typed,
} from '../../../native/virtual/index.ts';
import { cardDriverSuite } from './card-driver-suite.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

cardDriverSuite('virtual readers in this process', async () => {
  const reader = 'Reader';
  const driver = virtualCardDriver([reader]);
  const cards = [virtualPivCard(), virtualPivCard()] as const;
  let typed: string | undefined;
  const atPad = (): Typed =>
    typed === 'cancel' || typed === 'nobody' ? typed : (typed?.split(' ') ?? 'nobody');
  return {
    driver,
    reader,
    insert: async (card) => valueOf(driver.insert(reader, cards[card])),
    remove: async () => valueOf(driver.remove(reader)),
    setPad(keys) {
      typed = keys;
      driver.setPad(reader, keys === undefined ? undefined : atPad);
    },
    stop: () => driver.stop(),
  };
});

cardDriverSuite('the device process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'card-driver-'));
  const devices = valueOf(await startDeviceProcess({ virtual: { folder }, pcsc: false }));
  const training = devices.training!;
  const reader = trainingReaders[0];
  const items = ['sim-1', 'smart-card-1'] as const;
  return {
    driver: devices.cards,
    reader,
    insert: async (card) => valueOf(await training.insert(items[card], reader)),
    remove: async () => valueOf(await training.remove(reader)),
    async stop() {
      await devices.stop();
      rmSync(folder, { recursive: true });
    },
  };
});

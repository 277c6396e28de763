import { readBlockTree } from '../../../native/drivers/media/linux-block-tree.ts';
import { linuxMediaDriver } from '../../../native/drivers/media/linux-media-driver.ts';
import type { Scenario } from '../guest/run.ts';

export const scenario: Scenario = async () => {
  const driver = linuxMediaDriver();
  const slots = driver.slots();
  await driver.stop();
  return { slots, facts: [...readBlockTree().facts.systemDevices] };
};

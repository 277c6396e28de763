import { readFileSync, statSync } from 'node:fs';
import { linuxMediaDriver } from '../../../native/drivers/media/linux-media-driver.ts';
import { until } from './surprise-removal.ts';

/*
 * The station's driver in the hands of a person who is not root: a card is written and read cold, with whatever lets
 * this person mount it. Says as one line of JSON what came of it.
 */

export interface CardOfPerson {
  /** Fault code of what failed first; `written` when nothing did. */
  readonly outcome: string;
  /** `equal` when the cold read gave what was written. */
  readonly read: string;
  readonly mountedBelow: string;
  readonly ownerId: number;
  readonly mediumBytes: number;
  readonly userId: number;
}

const content = Buffer.alloc(300_000, 0xa5);
const path = 'BANKCARD/bank/client.html';

const driver = linuxMediaDriver({ pollMs: 200 });
const slot = await until(driver, (slots) => slots.find((one) => one.medium?.fileSystem === 'fat32'));
const opened = await driver.open(slot.slot, slot.medium?.identity);
let told: CardOfPerson = {
  ...{ outcome: opened.ok ? 'written' : `${opened.fault.code} ${JSON.stringify(opened.fault.data)}` },
  ...{ read: 'not reached', mountedBelow: '', ownerId: -1, mediumBytes: 0 },
  userId: process.getuid?.() ?? -1,
};
if (opened.ok) {
  const volume = opened.value;
  const written = await volume.write(path, content);
  const folder = mountOf(slot.slot);
  const ownerId = written.ok ? statSync(`${folder}/${path}`).uid : -1;
  const cold = written.ok ? await volume.makeCold() : written;
  const read = cold.ok ? await volume.read(path) : cold;
  const removed = read.ok ? await volume.remove(path) : read;
  told = {
    ...told,
    ...{ outcome: removed.ok ? 'written' : removed.fault.code, ownerId },
    read: read.ok ? (content.equals(read.value) ? 'equal' : 'differs') : read.fault.code,
    mountedBelow: folder.split('/').slice(0, -1).join('/'),
    mediumBytes: volume.coldRead()?.mediumBytes ?? 0,
  };
  await volume.close();
}
await driver.stop();

function mountOf(name: string): string {
  const line = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .find((one) => one.startsWith(`/dev/${name} `));
  return line?.split(' ')[1] ?? '';
}

console.log(`TOLD ${JSON.stringify(told)}`);
process.exit(0);

import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readBlockTree } from '../../../native/drivers/media/linux-block-tree.ts';
import { linuxMediaDriver } from '../../../native/drivers/media/linux-media-driver.ts';
import { linuxMounting } from '../../../native/drivers/media/linux-mounting.ts';
import { pipes, privilegedWriter } from '../../../native/drivers/media/privileged-writer.ts';
import type { SystemMediaDriver } from '../../../native/drivers/media/system-media-driver.ts';
import type { MediaSlotState } from '../../../native/drivers/media-driver.ts';
import { watchUsb } from '../../../native/drivers/usb/watch-usb.ts';
import type { Hands, Scenario } from '../guest/run.ts';
import { until } from './surprise-removal.ts';

export interface ListedSlots {
  readonly slots: readonly MediaSlotState[];
  readonly facts: readonly string[];
  /** A new reader, with the name that USB gives it; how long after it was plugged in. */
  readonly plugged: { readonly label: string; readonly ms: number };
  /** A card that was taken out of its slot in a reader with several, and put in again. */
  readonly emptied: {
    readonly slots: number;
    readonly full: number;
    readonly identity: string;
    readonly refusals: readonly unknown[];
    readonly isNewInsertion: boolean;
  };
  /** As a person without udisks2: everything through the privileged writer, which takes no other folder. */
  readonly writer: {
    readonly mountedAt: string;
    readonly ownerId: number;
    readonly read: string;
    readonly cachesDropped: boolean;
    readonly fsckClean: boolean;
  };
  /** On exFAT: written, read cold, then looked at by exfatprogs. */
  readonly exfat: {
    readonly capacity: string;
    readonly read: string;
    readonly mediumBytes: number;
    readonly fsckClean: boolean;
  };
}

const writerProgram = join(import.meta.dirname, '../../../native/media-writer/program.ts');

export const scenario: Scenario = async (hands): Promise<ListedSlots> => {
  // Polls so seldom that only USB's own word can be quicker.
  const driver = linuxMediaDriver({ usb: watchUsb(), pollMs: 4000 });
  const slots = await until(driver, (all) =>
    all.length === 5 && all.every((slot) => slot.medium && /USB|SD slot/.test(slot.label)) ? all : undefined,
  );
  const facts = [...readBlockTree().facts.systemDevices];
  const exfat = await writeOnExfat(driver, slots);
  const writer = await writeThroughWriter(slots);
  const emptied = await emptyAndFill(driver, slots, hands);

  console.log('plugging another reader in');
  await hands('plug');
  const since = performance.now();
  const plugged = await until(driver, (all) =>
    all.find((slot) => !slots.some((old) => old.slot === slot.slot)),
  );
  const ms = Math.round(performance.now() - since);
  await driver.stop();
  return { slots, facts, plugged: { label: plugged.label, ms }, exfat, writer, emptied };
};

async function emptyAndFill(
  driver: SystemMediaDriver,
  slots: readonly MediaSlotState[],
  hands: Hands,
): Promise<ListedSlots['emptied']> {
  console.log('taking a card out of a slot, and putting it in again');
  const asked = slots.find((slot) => slot.medium?.identity.text.endsWith('8888-ABCD'));
  if (!asked?.medium) throw new Error('no card to take out');
  const same = (all: readonly MediaSlotState[]) => all.find((slot) => slot.slot === asked.slot);
  await hands('eject');
  const left = await until(driver, (all) => (same(all)?.medium === undefined ? all : undefined));
  await hands('insert');
  const again = await until(driver, (all) => {
    const medium = same(all)?.medium;
    return medium?.fileSystem === 'fat32' ? medium : undefined;
  });
  return {
    ...{ slots: left.length, full: left.filter((slot) => slot.medium).length },
    ...{ identity: again.identity.text, refusals: again.refusals },
    isNewInsertion: again.insertion > asked.medium.insertion,
  };
}

async function writeThroughWriter(slots: readonly MediaSlotState[]): Promise<ListedSlots['writer']> {
  console.log('mounting through the privileged writer');
  const card = slots.find((slot) => slot.medium?.identity.text.startsWith('LAB0001'));
  if (!card) throw new Error('no card for the writer');
  const env = { ...process.env, PKEXEC_UID: '1000' };
  const writer = privilegedWriter(() => spawn(process.execPath, [writerProgram], { stdio: pipes, env }));
  const driver = linuxMediaDriver({ mounting: linuxMounting({ isRoot: false, writer: () => writer }) });
  const opened = await driver.open(card.slot, card.medium?.identity);
  if (!opened.ok) throw new Error(JSON.stringify(opened.fault));
  const volume = opened.value;
  const mountLine = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`/dev/${card.slot} `));
  const mountedAt = mountLine?.split(' ')[1] ?? '';
  const content = Buffer.alloc(200_000, 7);
  const written = await volume.write('BANKCARD/a.bin', content);
  const ownerId = statSync(join(mountedAt, 'BANKCARD/a.bin')).uid;
  const cold = written.ok ? await volume.makeCold() : written;
  const read = cold.ok ? await volume.read('BANKCARD/a.bin') : cold;
  const cachesDropped = volume.coldRead()?.deviceCacheDropped ?? false;
  await volume.remove('BANKCARD/a.bin');
  await volume.close();
  await driver.stop();
  const said = read.ok ? (content.equals(read.value) ? 'equal' : 'differs') : read.fault.code;
  const fsckClean = isClean('fsck.vfat', card.slot);
  return { mountedAt, ownerId, read: said, cachesDropped, fsckClean };
}

function isClean(fsck: string, slot: string): boolean {
  try {
    execFileSync(fsck, ['-n', `/dev/${slot}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function writeOnExfat(
  driver: SystemMediaDriver,
  slots: readonly MediaSlotState[],
): Promise<ListedSlots['exfat']> {
  const card = slots.find((slot) => slot.medium?.fileSystem === 'exfat');
  if (!card) throw new Error('no exFAT card');
  const opened = await driver.open(card.slot, card.medium?.identity);
  if (!opened.ok) throw new Error(JSON.stringify(opened.fault));
  const volume = opened.value;
  const checked = await volume.checkCapacity?.();
  const capacity = checked?.ok === true ? checked.value.kind : (checked?.fault.code ?? 'not asked');
  const content = Buffer.concat(
    Array.from({ length: 10_000 }, (_one, n) => createHash('sha256').update(n.toString()).digest()),
  );
  const path = 'BANKCARD/bank/client.html';
  const written = await volume.write(path, content);
  const cold = written.ok ? await volume.makeCold() : written;
  const read = cold.ok ? await volume.read(path) : cold;
  const mediumBytes = volume.coldRead()?.mediumBytes ?? 0;
  await volume.close();
  const fsckClean = isClean('fsck.exfat', card.slot);
  const said = read.ok ? (content.equals(read.value) ? 'equal' : 'differs') : read.fault.code;
  return { capacity, read: said, mediumBytes, fsckClean };
}

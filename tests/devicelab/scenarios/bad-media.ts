import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { linuxMediaDriver } from '../../../native/drivers/media/linux-media-driver.ts';
import type {
  MediaDriver,
  MediaSlotState,
  MediumVolume,
  Transfer,
} from '../../../native/drivers/media-driver.ts';
import type { Hands, Scenario } from '../guest/run.ts';
import { until } from './surprise-removal.ts';

/** What writing to each kind of bad medium ended with. */
export interface BadMedia {
  readonly writeProtected: { readonly shown: boolean; readonly fault: string };
  readonly full: string;
  readonly badSector: { readonly fault: string; readonly afterwards: string };
  /** Another program keeps the volume mounted: unmounting ours leaves its caches. */
  readonly keptMounted: { readonly first: string; readonly whileKept: string; readonly afterwards: string };
  readonly twin: { readonly sameIdentity: boolean; readonly fault: string };
  /** What was said on the way of a long write and of its cold read. */
  readonly slow: { readonly writing: SlowTransfer; readonly reading: SlowTransfer };
  /** A card on which nothing was changed is pulled without a word: the dirty mark of its FAT. */
  readonly lookedAt: { readonly written: string; readonly clean: boolean };
}

export interface SlowTransfer {
  readonly ms: number;
  readonly doneBytes: readonly number[];
}

export const scenario: Scenario = async (hands): Promise<BadMedia> => {
  const driver = linuxMediaDriver({ pollMs: 200 });

  const tab = await insert(driver, hands, 'locked');
  const locked = await opened(driver, tab);
  const writeProtected = { shown: tab.medium?.writeProtected === true, fault: await write(locked, 1000) };
  await locked.close();

  const full = await opened(driver, await insert(driver, hands, 'full'));
  const fullFault = await write(full, 3_000_000);
  await full.close();

  const bad = await opened(driver, await insert(driver, hands, 'bad'));
  const badSector = { fault: await write(bad, 8_000_000), afterwards: await write(bad, 10) };
  await bad.close();

  // Two cards of one box: the same serial, size and volume id. The second goes in while the first is open.
  const first = await insert(driver, hands, 'twin-a');
  const volume = await opened(driver, first);
  const second = await insert(driver, hands, 'twin-b');
  const twin = {
    sameIdentity: first.medium?.identity.text === second.medium?.identity.text,
    fault: await write(volume, 1000),
  };
  await volume.close();

  const shared = await opened(driver, second);
  await write(shared, 50_000);
  const alone = await readCold(shared, 50_000);
  await write(shared, 60_000);
  const elsewhere = mkdtempSync('/tmp/kept-');
  execFileSync('mount', [`/dev/${second.slot}`, elsewhere]);
  const whileKept = await readCold(shared, 60_000);
  execFileSync('umount', [elsewhere]);
  const keptMounted = { first: alone, whileKept, afterwards: await readCold(shared, 60_000) };
  await shared.close();

  const slow = await copySlowly(await opened(driver, await insert(driver, hands, 'slow')));

  const seen = await insert(driver, hands, 'seen');
  const looking = await driver.open(seen.slot, seen.medium?.identity, 'look');
  if (!looking.ok) throw new Error(JSON.stringify(looking.fault));
  await looking.value.list('');
  const written = await write(looking.value, 10);
  await hands('unplug');
  await until(driver, (slots) => (slots.some((slot) => slot.medium) ? undefined : true));
  await looking.value.close();
  await pause(500);
  await hands('plug', { node: 'seen' });
  const back = await until(driver, (slots) => slots.find((slot) => slot.medium?.fileSystem === 'fat32'));
  const lookedAt = { written, clean: isClean(`/dev/${back.slot}`) };

  await driver.stop();
  return { writeProtected, full: fullFault, badSector, keptMounted, twin, slow, lookedAt };
};

const slowBytes = 6_000_000;

async function copySlowly(volume: MediumVolume): Promise<BadMedia['slow']> {
  const transfers: Transfer[] = [];
  volume.onTransfer?.((transfer) => transfers.push(transfer));
  const timed = async (doing: Transfer['doing'], work: () => Promise<string>): Promise<SlowTransfer> => {
    const since = performance.now();
    const done = await work();
    if (done !== 'written' && done !== 'read') throw new Error(`slow card, ${doing}: ${done}`);
    return {
      ms: Math.round(performance.now() - since),
      doneBytes: transfers.filter((one) => one.doing === doing).map((one) => one.doneBytes),
    };
  };
  const writing = await timed('writing', () => write(volume, slowBytes));
  const reading = await timed('reading', () => readCold(volume, slowBytes));
  await volume.close();
  return { writing, reading };
}

function isClean(device: string): boolean {
  try {
    execFileSync('fsck.vfat', ['-n', device], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function insert(driver: MediaDriver, hands: Hands, node: string): Promise<MediaSlotState> {
  if (driver.slots().some((slot) => slot.medium)) {
    await hands('unplug');
    await until(driver, (slots) => (slots.some((slot) => slot.medium) ? undefined : true));
    // QEMU takes the device away only after the guest let go of it.
    await pause(500);
  }
  console.log(`next: ${node}`);
  await hands('plug', { node });
  return until(driver, (slots) => slots.find((slot) => slot.medium?.fileSystem === 'fat32'));
}

async function opened(driver: MediaDriver, slot: MediaSlotState): Promise<MediumVolume> {
  const volume = await driver.open(slot.slot, slot.medium?.identity);
  if (!volume.ok) throw new Error(`cannot open ${JSON.stringify(slot)}: ${JSON.stringify(volume.fault)}`);
  return volume.value;
}

async function readCold(volume: MediumVolume, size: number): Promise<string> {
  const cold = await volume.makeCold();
  if (!cold.ok) return cold.fault.code;
  const read = await volume.read(`BANKCARD/test/file-${size.toString()}.bin`);
  return read.ok ? 'read' : read.fault.code;
}

async function write(volume: MediumVolume, size: number): Promise<string> {
  const written = await volume.write(
    `BANKCARD/test/file-${size.toString()}.bin`,
    new Uint8Array(size).fill(0x5a),
  );
  return written.ok ? 'written' : written.fault.code;
}

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { linuxMediaDriver } from '../../../native/drivers/media/linux-media-driver.ts';
import type { MediaDriver, MediaSlotState } from '../../../native/drivers/media-driver.ts';
import type { Hands, Scenario } from '../guest/run.ts';

export interface Removal {
  readonly pulledAfterMs: number;
  readonly acknowledged: number;
  readonly fault: string | undefined;
  readonly damaged: readonly string[];
  readonly fsckClean: boolean;
}

/**
 * Writes numbered files until the reader is pulled at a chosen moment, plugs it in again, repairs the
 * file system as a desktop would, and reads back what had been acknowledged.
 */
export const scenario: Scenario = async (hands) => {
  const driver = linuxMediaDriver({ pollMs: 200 });
  const seen: Removal[] = [];
  const moments = (await hands('moments')) as readonly number[];
  for (const pulledAfterMs of moments) seen.push(await once(driver, hands, pulledAfterMs));
  await driver.stop();
  return seen;
};

async function once(driver: MediaDriver, hands: Hands, pulledAfterMs: number): Promise<Removal> {
  const slot = await until(driver, (slots) => slots.find((one) => one.medium?.fileSystem === 'fat32'));
  const opened = await driver.open(slot.slot, slot.medium?.identity);
  if (!opened.ok) throw new Error(`cannot open: ${JSON.stringify(opened.fault)}`);
  const pulled = pause(pulledAfterMs).then(() => hands('unplug'));
  const acknowledged: string[] = [];
  let fault: string | undefined;
  for (let number = 0; number < 400 && fault === undefined; number += 1) {
    const written = await opened.value.write(nameOf(number), contentOf(number));
    if (written.ok) acknowledged.push(nameOf(number));
    else fault = written.fault.code;
  }
  await pulled;
  await opened.value.close();
  await until(driver, (slots) => (slots.some((one) => one.slot === slot.slot) ? undefined : true));
  await hands('plug');
  const back = await until(driver, (slots) => slots.find((one) => one.medium?.fileSystem === 'fat32'));
  const fsckClean = fsck(`/dev/${back.slot}`);
  const again = await driver.open(back.slot, slot.medium?.identity);
  if (!again.ok) throw new Error(`cannot open again: ${JSON.stringify(again.fault)}`);
  const damaged: string[] = [];
  for (const [number, name] of acknowledged.entries()) {
    const read = await again.value.read(name);
    if (!read.ok || !Buffer.from(read.value).equals(Buffer.from(contentOf(number)))) damaged.push(name);
  }
  for (const name of acknowledged) await again.value.remove(name);
  await again.value.close();
  console.log(`pulled after ${pulledAfterMs.toString()} ms: ${acknowledged.length.toString()} acknowledged`);
  return { pulledAfterMs, acknowledged: acknowledged.length, fault, damaged, fsckClean };
}

const nameOf = (number: number) => `BANKCARD/removal/file-${number.toString()}.bin`;

/** Different for every file, and longer than a cluster. */
function contentOf(number: number): Uint8Array {
  const block = createHash('sha512').update(number.toString()).digest();
  return Buffer.concat(Array.from({ length: 100 + (number % 7) }, () => block));
}

/** Repairs as the desktop does after a replug; true when a second look finds nothing. */
function fsck(device: string): boolean {
  for (const options of [['-a'], ['-n']]) {
    try {
      execFileSync('fsck.vfat', [...options, device], { stdio: 'ignore' });
      if (options[0] === '-n') return true;
    } catch {
      // -a answers 1 after a repair
    }
  }
  return false;
}

export async function until<T>(
  driver: MediaDriver,
  found: (slots: readonly MediaSlotState[]) => T | undefined,
): Promise<T> {
  for (let tries = 0; tries < 150; tries += 1) {
    const value = found(driver.slots());
    if (value !== undefined) return value;
    await pause(100);
  }
  throw new Error(`waited in vain; slots: ${JSON.stringify(driver.slots())}`);
}

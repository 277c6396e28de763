import { setTimeout as pause } from 'node:timers/promises';
import type { MediaDriver, MediaSlotState } from '../../../native/drivers/media-driver.ts';

export { pause };

/** The first slot with a FAT or exFAT card in it, when the kernel has found it. */
export async function pluggedIn(driver: MediaDriver): Promise<MediaSlotState> {
  for (let tries = 0; tries < 150; tries += 1) {
    const found = driver.slots().find((slot) => /^(fat32|exfat)$/.test(slot.medium?.fileSystem ?? ''));
    if (found) return found;
    await pause(100);
  }
  throw new Error(`waited in vain; slots: ${JSON.stringify(driver.slots())}`);
}

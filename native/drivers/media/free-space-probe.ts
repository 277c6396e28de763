import { createHash, randomBytes } from 'node:crypto';
import type { CapacityVerdict } from '../media-driver.ts';
import { readExfatLayout, type ExfatLayout } from './exfat-layout.ts';
import type { RawDevice } from './raw-device.ts';

/** Smaller than any chip that is sold as more. */
const smallestChipBytes = 8 * 1024 * 1024;
const probeBytes = 4096;

/**
 * Whether an exFAT card holds as much as it claims. Linux cannot take clusters on exFAT without writing all of
 * them, so here a dozen free clusters are written to below the file system: for each size that the chip could
 * truly have, two that would be one and the same on it, and the last free one. Then everything is read back
 * cold, and what lay there before is put back.
 *
 *   free   |A        A'|A+8 MiB      |B         |B+16 MiB …            |last
 *
 * A card with much on it is left alone: on a fake one the probes might land on its owner's pictures, and a card
 * that is pulled in this moment does not get them back. The volume must not be mounted.
 */
export async function probeFreeSpace(volume: RawDevice): Promise<CapacityVerdict | 'false-capacity'> {
  const layout = await readExfatLayout(volume);
  if (!layout) return { kind: 'not-checked', reason: 'file-system' };
  if (layout.count * layout.clusterBytes < smallestChipBytes) return { kind: 'not-checked', reason: 'small' };
  const chosen = freeShare(layout) < 0.75 ? undefined : choose(layout, volume.sizeBytes);
  if (!chosen) return { kind: 'not-checked', reason: 'in-use' };

  const nonce = randomBytes(16);
  const width = Math.min(probeBytes, layout.clusterBytes);
  const pattern = (index: number): Buffer =>
    Buffer.alloc(width, createHash('sha512').update(nonce).update(index.toString()).digest());
  const before = new Map<number, Buffer>();
  for (const index of chosen) before.set(index, await volume.read(layout.placeOf(index), width));
  try {
    for (const index of chosen) await volume.write(layout.placeOf(index), pattern(index));
    await volume.flush();
    await volume.forget();
    for (const index of chosen) {
      const there = await volume.read(layout.placeOf(index), width);
      if (!there.equals(pattern(index))) return 'false-capacity';
    }
    const last = Math.max(...chosen);
    return { kind: 'holds', reachBytes: layout.placeOf(last) + width };
  } finally {
    // In the opposite order: where two were one, the first one's is what lay there.
    for (const [index, bytes] of [...before].toReversed()) await volume.write(layout.placeOf(index), bytes);
    await volume.flush();
  }
}

/** Undefined when for some size no two clusters that far apart are free. */
function choose(layout: ExfatLayout, sizeBytes: number): readonly number[] | undefined {
  const { clusterBytes, count, isFree } = layout;
  const chosen = new Set<number>();
  for (let chip = smallestChipBytes; chip < sizeBytes; chip *= 2) {
    const apart = chip / clusterBytes;
    if (!Number.isInteger(apart) || apart >= count) continue;
    const fits = (index: number): boolean => index + apart < count && isFree(index) && isFree(index + apart);
    const index = [...chosen].find(fits) ?? firstThat(count - apart, fits);
    if (index === undefined) return undefined;
    chosen.add(index).add(index + apart);
  }
  for (let last = count - 1; last >= 0; last -= 1) {
    if (!isFree(last)) continue;
    chosen.add(last);
    break;
  }
  return [...chosen];
}

function freeShare({ count, isFree }: ExfatLayout): number {
  let free = 0;
  for (let index = 0; index < count; index += 1) if (isFree(index)) free += 1;
  return free / count;
}

function firstThat(count: number, fits: (index: number) => boolean): number | undefined {
  for (let index = 0; index < count; index += 1) if (fits(index)) return index;
  return undefined;
}

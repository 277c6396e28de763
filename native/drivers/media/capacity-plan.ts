/** What is known of a mounted volume before it is probed. */
export interface VolumeRoom {
  /** Of the disk, as it claims. */
  readonly sizeBytes: number;
  readonly freeBytes: number;
  readonly clusterBytes: number;
}

/** In this order: a file with a pattern of its own, or clusters taken without writing to them. */
export type CapacityStep =
  { readonly kind: 'probe'; readonly bytes: number } | { readonly kind: 'occupy'; readonly bytes: number };

export type CapacityPlan =
  | { readonly kind: 'probe'; readonly steps: readonly CapacityStep[]; readonly reachBytes: number }
  | { readonly kind: 'not-checked'; readonly reason: 'in-use' | 'small' };

const kib = 1024;
const mib = 1024 * kib;

/** Smaller than any chip that is sold as more. */
const smallestChipBytes = 8 * mib;
/** A FAT32 file ends below 4 GiB. */
const largestFileBytes = 2 ** 32 - mib;
/** One call takes no more clusters than this: between calls the time is looked at. */
const mostClustersAtOnce = 131_072;

/**
 * Where probes must lie to find out a chip that is smaller than it claims. A fake ignores the upper bits of
 * the address, so its true size is a power of two, and what is written that far above the first probe comes
 * to lie on the first probe:
 *
 *   free   |P0      P1      P2              P3                          P4    Pn|
 *   at      0       8 MiB   16 MiB          32 MiB                      64 …  end
 *
 * A chip that drops what lies beyond its end loses the probes there; the last one lies at the end of the
 * free space. FAT gives out clusters in rising order, so the way from one probe to the next is taken by a
 * file that holds clusters and is never written.
 *
 * A card with much on it is not probed: its free space is scattered, and on a fake the probes might land
 * on its owner's pictures.
 */
export function planCapacityProbe({ sizeBytes, freeBytes, clusterBytes }: VolumeRoom): CapacityPlan {
  if (freeBytes < sizeBytes * 0.75) return { kind: 'not-checked', reason: 'in-use' };
  // Wider than what the probe folder itself may take in between.
  const width = Math.max(clusterBytes, 64 * kib);
  const folderRoom = Math.max(2 * clusterBytes, 16 * kib);
  const last = whole(freeBytes - folderRoom - 2 * width, clusterBytes);
  if (last < smallestChipBytes) return { kind: 'not-checked', reason: 'small' };
  const places = [0];
  for (let chip = smallestChipBytes; chip + width <= last; chip *= 2) places.push(chip);
  places.push(last);

  const steps: CapacityStep[] = [];
  const mostAtOnce = Math.min(largestFileBytes, mostClustersAtOnce * clusterBytes);
  let end = 0;
  for (const place of places) {
    for (let gap = place - end; gap > 0; gap -= mostAtOnce)
      steps.push({ kind: 'occupy', bytes: Math.min(gap, mostAtOnce) });
    steps.push({ kind: 'probe', bytes: width });
    end = place + width;
  }
  return { kind: 'probe', steps, reachBytes: end };
}

const whole = (bytes: number, unit: number): number => Math.floor(bytes / unit) * unit;

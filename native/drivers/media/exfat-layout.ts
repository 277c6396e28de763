import type { RawDevice } from './raw-device.ts';

/** Where an exFAT volume keeps its files, and what of that nobody uses. */
export interface ExfatLayout {
  readonly clusterBytes: number;
  /** Of clusters that can hold a file. */
  readonly count: number;
  /** Place on the volume of the n-th of them, from 0. */
  placeOf(index: number): number;
  isFree(index: number): boolean;
}

const allocationBitmap = 0x81;
const endOfFolder = 0x00;

/**
 * Reads an exFAT volume's boot sector and allocation bitmap (exFAT file system specification 1.00, 3.1, 7.1).
 * Undefined for anything that is not as a fresh card has it: then nothing is known of its free space.
 */
export async function readExfatLayout(volume: RawDevice): Promise<ExfatLayout | undefined> {
  const boot = await volume.read(0, 512);
  if (boot.toString('latin1', 3, 11) !== 'EXFAT   ' || boot.readUInt16LE(510) !== 0xaa55) return undefined;
  const sectorBytes = 2 ** boot.readUInt8(108);
  const clusterBytes = sectorBytes * 2 ** boot.readUInt8(109);
  const heapAt = boot.readUInt32LE(88) * sectorBytes;
  const count = boot.readUInt32LE(92);
  const rootCluster = boot.readUInt32LE(96);
  if (heapAt + count * clusterBytes > volume.sizeBytes || clusterBytes > 32 * 1024 * 1024) return undefined;
  // Clusters are numbered from 2.
  const placeOf = (index: number): number => heapAt + index * clusterBytes;
  if (rootCluster < 2 || rootCluster - 2 >= count) return undefined;
  const folder = await volume.read(placeOf(rootCluster - 2), Math.min(clusterBytes, 64 * 1024));
  for (let at = 0; at + 32 <= folder.length; at += 32) {
    const type = folder.readUInt8(at);
    if (type === endOfFolder) return undefined;
    // Bit 0 of the flags tells the second bitmap of a volume that has two; the first one is the one in use.
    if (type !== allocationBitmap || (folder.readUInt8(at + 1) & 1) !== 0) continue;
    const first = folder.readUInt32LE(at + 20);
    const length = Number(folder.readBigUInt64LE(at + 24));
    if (first < 2 || length < Math.ceil(count / 8) || placeOf(first - 2) + length > volume.sizeBytes)
      return undefined;
    const bitmap = await volume.read(placeOf(first - 2), Math.ceil(count / 8));
    const isFree = (index: number): boolean => ((bitmap[index >> 3] ?? 0xff) & (1 << (index & 7))) === 0;
    // Both are in use, or this is no bitmap of it (it may lie in pieces on a volume that grew).
    if (isFree(rootCluster - 2) || isFree(first - 2)) return undefined;
    return { clusterBytes, count, placeOf, isFree };
  }
  return undefined;
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { wholeTree, type BlockDevice } from '../../../native/drivers/media/block-tree.ts';
import { bytesReadFrom, readBlockTree, readDisk } from '../../../native/drivers/media/linux-block-tree.ts';
import {
  foldersAreSynchronous,
  linuxMounting,
  writeBackVolume,
} from '../../../native/drivers/media/linux-mounting.ts';
import {
  systemMediaDriver,
  type BlockTree,
  type SystemMediaDriver,
} from '../../../native/drivers/media/system-media-driver.ts';

/** A file as a block device, which the driver is told is a card in a USB reader. Everything else is the real driver. */
export interface LoopCard {
  /** `/dev/loopN` */
  readonly device: string;
  readonly folder: string;
  /** What the kernel can mount here. Without vfat the writer is measured on ext2, which has no journal either. */
  readonly fileSystem: 'vfat' | 'ext2';
  format(): void;
  openDriver(): SystemMediaDriver;
  /** Makes it as slow as a card: bytes in a second. False where this kernel cannot (blk-throttle at the root group). */
  slowDown(write: number, read: number): boolean;
  /** Drops what the system holds of it in memory. */
  makeCold(): void;
  /** Flushes of the device's cache that the kernel has completed (Documentation/block/stat.rst, field 16), with a mount's own. */
  flushes(): number;
  close(): void;
}

const throttle = '/sys/fs/cgroup/blkio';
/**
 * Of the smallest card that is still sold, 8 GB: FAT32 on it has clusters of 4 KiB and two tables of 8 MB, and
 * so has every larger card up to 32 GB (larger clusters, as many of them). The file behind it is sparse.
 */
const sizeBytes = 7_948_206_080;

/** Or the reason why this machine cannot have one. */
export function openLoopCard(): LoopCard | string {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'loop devices need root on Linux';
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-bench-'));
  const image = join(folder, 'card.img');
  writeFileSync(image, '');
  truncateSync(image, sizeBytes);
  const run = (program: string, ...args: readonly string[]) =>
    execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const close = (device?: string) => {
    if (device !== undefined) run('losetup', '-d', device);
    rmSync(folder, { recursive: true, force: true });
  };
  let device: string;
  try {
    // Direct: or the file's own cache answers for the card.
    device = run('losetup', '--show', '--find', '--direct-io=on', image);
  } catch {
    close();
    return 'no loop device to be had';
  }
  const fileSystem = readFileSync('/proc/filesystems', 'utf8').includes('\tvfat\n') ? 'vfat' : 'ext2';
  const name = basename(device);

  const asCard = (found: BlockDevice): BlockDevice => ({
    ...found,
    kind: 'disk',
    bus: 'usb',
    removable: true,
    signature: 'vfat',
    volumeId: 'BE7C-0001',
  });
  const readTree = (): BlockTree => {
    const tree = readBlockTree();
    const loop = tree.disks.flatMap((disk) => wholeTree(disk)).find((disk) => disk.name === name);
    return { ...tree, disks: loop ? [asCard(loop)] : [] };
  };
  const mounting = linuxMounting();
  const slowDown = (write: number, read: number): boolean => {
    const number = readFileSync(`/sys/block/${name}/dev`, 'utf8').trim();
    try {
      writeFileSync(`${throttle}/blkio.throttle.write_bps_device`, `${number} ${write}`);
      writeFileSync(`${throttle}/blkio.throttle.read_bps_device`, `${number} ${read}`);
      return true;
    } catch {
      return false;
    }
  };
  return {
    device,
    folder,
    fileSystem,
    format: () =>
      void run(
        `mkfs.${fileSystem}`,
        ...(fileSystem === 'vfat' ? ['-F', '32'] : ['-q', '-F', '-b', '4096']),
        device,
      ),
    openDriver: () =>
      systemMediaDriver({
        readTree,
        readDisk(disk) {
          const found = readDisk(disk);
          return found && asCard(found);
        },
        ...mounting,
        mount: (volume, purpose, disk) => mounting.mount({ ...volume, signature: fileSystem }, purpose, disk),
        bytesRead: (disk) => Promise.resolve(bytesReadFrom(disk.name)),
        takesClusters: false,
        writeBack: writeBackVolume,
        foldersAreSynchronous,
        flushesFolders: true,
        pollMs: 1000,
      }),
    makeCold: () => void run('blockdev', '--flushbufs', device),
    slowDown,
    flushes: () => Number(readFileSync(`/sys/block/${name}/stat`, 'utf8').trim().split(/\s+/)[15]),
    close() {
      slowDown(0, 0);
      close(device);
    },
  };
}

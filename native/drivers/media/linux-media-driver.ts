import { bytesReadFrom, bytesWrittenTo, readBlockTree, readDisk } from './linux-block-tree.ts';
import type { UsbWatch } from '../usb/watch-usb.ts';
import { foldersAreSynchronous, linuxMounting, writeBackVolume } from './linux-mounting.ts';
import { openRawDevice } from './raw-device.ts';
import { systemMediaDriver, type BlockTree, type SystemMediaDriver } from './system-media-driver.ts';

export interface LinuxMediaOptions {
  /** How often the tree is read. The kernel itself notices a pulled card in a USB reader after up to 2 s. */
  readonly pollMs?: number;
  readonly readTree?: () => BlockTree;
  /** Names of readers, and the moment one comes or goes. */
  readonly usb?: UsbWatch | undefined;
  /** Default: as root or as the person at the desktop, whichever this process is. */
  readonly mounting?: ReturnType<typeof linuxMounting>;
}

/** SD slots of this Linux machine: native ones and those of USB readers, with what is in them. */
export function linuxMediaDriver(options: LinuxMediaOptions = {}): SystemMediaDriver {
  const { mounting = linuxMounting() } = options;
  return systemMediaDriver({
    readTree: options.readTree ?? (() => readBlockTree()),
    ...(options.readTree === undefined && { readDisk: (name) => readDisk(name) }),
    ...mounting,
    stop: () => mounting.stop(),
    bytesRead: (disk) => Promise.resolve(bytesReadFrom(disk.name)),
    bytesWritten: (disk) => Promise.resolve(bytesWrittenTo(disk.name)),
    takesClusters: true,
    openRaw: (volume) => openRawDevice(`/dev/${volume.name}`),
    writeBack: writeBackVolume,
    foldersAreSynchronous,
    flushesFolders: true,
    pollMs: options.pollMs ?? 1000,
    usb: options.usb,
  });
}

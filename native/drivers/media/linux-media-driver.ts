import { bytesReadFrom, bytesWrittenTo, readBlockTree, readDisk } from './linux-block-tree.ts';
import { foldersAreSynchronous, mountVolume, unmountVolume, writeBackVolume } from './linux-mounting.ts';
import { systemMediaDriver, type BlockTree, type SystemMediaDriver } from './system-media-driver.ts';

export interface LinuxMediaOptions {
  /** How often the tree is read. The kernel itself notices a pulled card in a USB reader after up to 2 s. */
  readonly pollMs?: number;
  readonly readTree?: () => BlockTree;
}

/** SD slots of this Linux machine: native ones and those of USB readers, with what is in them. */
export function linuxMediaDriver(options: LinuxMediaOptions = {}): SystemMediaDriver {
  return systemMediaDriver({
    readTree: options.readTree ?? (() => readBlockTree()),
    ...(options.readTree === undefined && { readDisk: (name) => readDisk(name) }),
    mount: mountVolume,
    unmount: unmountVolume,
    bytesRead: (disk) => Promise.resolve(bytesReadFrom(disk.name)),
    bytesWritten: (disk) => Promise.resolve(bytesWrittenTo(disk.name)),
    takesClusters: true,
    writeBack: writeBackVolume,
    foldersAreSynchronous,
    flushesFolders: true,
    pollMs: options.pollMs ?? 1000,
  });
}

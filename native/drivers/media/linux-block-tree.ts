import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { BlockDevice, Bus } from './block-tree.ts';
import type { SystemFacts } from './slot-rule.ts';

/**
 * The block devices of this machine, read from /sys, /proc and udev's database as an ordinary user.
 * `root` is '/' but in tests. What cannot be read is left out or said to be unknown; nothing here throws.
 */
export function readBlockTree(root = '/'): {
  readonly disks: readonly BlockDevice[];
  readonly facts: SystemFacts;
} {
  const mounts = readMounts(root);
  const swaps = readSwaps(root);
  const reader = new TreeReader(root, mounts, swaps);
  const disks = reader.topDevices();
  return { disks, facts: traceSystem(root, mounts) };
}

/** One disk of the tree, when it is still there. */
export function readDisk(name: string, root = '/'): BlockDevice | undefined {
  return new TreeReader(root, readMounts(root), readSwaps(root)).topDevice(name);
}

/**
 * Bytes read from a disk since it appeared, as the kernel counted at the block layer: what a cache answers
 * is not in it (Documentation/block/stat.rst, third field, in units of 512 bytes). Undefined when it is gone.
 */
export const bytesReadFrom = (disk: string, root = '/'): number | undefined => sectorsOf(disk, 2, root);

/** The same of bytes written: what only waits in memory is not in it (seventh field). */
export const bytesWrittenTo = (disk: string, root = '/'): number | undefined => sectorsOf(disk, 6, root);

function sectorsOf(disk: string, field: number, root: string): number | undefined {
  const sectors = text(join(root, 'sys/block', disk, 'stat'))
    .trim()
    .split(/\s+/)[field];
  return sectors === undefined || sectors === '' ? undefined : number(sectors) * 512;
}

interface Mount {
  /** Kernel name of the device; undefined for what is on no block device. */
  readonly device: string | undefined;
  readonly mountPoint: string;
  readonly fileSystem: string;
  readonly source: string;
  readonly options: string;
}

class TreeReader {
  private readonly root: string;
  private readonly mounts: readonly Mount[];
  private readonly swaps: ReadonlySet<string>;
  private readonly made = new Map<string, BlockDevice>();

  constructor(root: string, mounts: readonly Mount[], swaps: ReadonlySet<string>) {
    this.root = root;
    this.mounts = mounts;
    this.swaps = swaps;
  }

  /** Disks, CD drives, loops…: everything in /sys/block that stands on nothing else is a top; the rest appears below it. */
  topDevices(): readonly BlockDevice[] {
    return list(join(this.root, 'sys/block'))
      .map((name) => this.device(name, join(this.root, 'sys/block', name)))
      .filter((device) => device.kind !== 'mapper' && device.kind !== 'raid');
  }

  topDevice(name: string): BlockDevice | undefined {
    const folder = join(this.root, 'sys/block', name);
    return isFolder(folder) ? this.device(name, folder) : undefined;
  }

  private device(name: string, folder: string): BlockDevice {
    const known = this.made.get(name);
    if (known) return known;
    const real = realPath(folder);
    const isPartition = text(join(folder, 'partition')) !== '';
    const whole = isPartition ? dirname(real) : real;
    const udev = this.udev(text(join(folder, 'dev')));
    const bus = busOf(name, whole);
    const children = [
      ...list(folder)
        .filter((entry) => text(join(folder, entry, 'partition')) !== '')
        .map((entry) => this.device(entry, join(folder, entry))),
      ...list(join(folder, 'holders')).map((entry) =>
        this.device(entry, join(this.root, 'sys/block', entry)),
      ),
      ...this.loopsOn(name),
    ];
    const device: BlockDevice = {
      name,
      kind: isPartition ? 'partition' : kindOf(name, folder),
      sizeBytes: number(text(join(folder, 'size'))) * 512,
      readOnly: text(join(folder, 'ro')) === '1',
      removable: text(join(whole, 'removable')) === '1',
      bus,
      mmcType: mmcTypeOf(text(join(whole, 'device/type'))),
      rotational: text(join(whole, 'queue/rotational')) === '1',
      vendor: text(join(whole, 'device/vendor')),
      model: text(join(whole, 'device/model')) || text(join(whole, 'device/name')),
      serial: bus === 'usb' ? text(join(usbFolder(whole), 'serial')) : text(join(whole, 'device/serial')),
      ...(bus === 'usb' && { usbPort: basename(usbFolder(whole)), usbSlot: logicalUnit(whole) }),
      cid: bus === 'mmc' ? text(join(whole, 'device/cid')) || undefined : undefined,
      sequence: number(text(join(whole, 'diskseq'))),
      signature: udev.get('ID_FS_TYPE') ?? partitionTableOnly(udev, children.length),
      volumeId: udev.get('ID_FS_UUID'),
      mountPoints: this.mounts.filter((mount) => mount.device === name).map((mount) => mount.mountPoint),
      swapActive: this.swaps.has(name),
      children,
    };
    this.made.set(name, device);
    return device;
  }

  /** Loop devices whose backing file lies on a mount of this device: somebody is using it. */
  private loopsOn(name: string): readonly BlockDevice[] {
    const points = this.mounts
      .filter((mount) => mount.device === name && mount.mountPoint !== '/')
      .map((mount) => mount.mountPoint);
    if (points.length === 0) return [];
    return list(join(this.root, 'sys/block'))
      .filter((loop) => loop.startsWith('loop'))
      .filter((loop) => {
        const file = text(join(this.root, 'sys/block', loop, 'loop/backing_file'));
        return points.some((point) => file.startsWith(`${point}/`));
      })
      .map((loop) => this.device(loop, join(this.root, 'sys/block', loop)));
  }

  private udev(majorMinor: string): ReadonlyMap<string, string> {
    const facts = new Map<string, string>();
    if (majorMinor === '') return facts;
    for (const line of text(join(this.root, 'run/udev/data', `b${majorMinor}`)).split('\n')) {
      const found = /^E:([A-Z0-9_]+)=(.*)$/.exec(line);
      if (found?.[1] !== undefined && found[2] !== undefined) facts.set(found[1], found[2]);
    }
    return facts;
  }
}

/** A disk with a partition table that the kernel shows no partitions of is not blank: it is not understood. */
const partitionTableOnly = (udev: ReadonlyMap<string, string>, children: number): string | undefined =>
  udev.has('ID_PART_TABLE_TYPE') && children === 0 ? 'partition-table' : undefined;

function kindOf(name: string, folder: string): BlockDevice['kind'] {
  if (/^(loop)\d/.test(name)) return 'loop';
  if (/^(ram|zram|pmem)\d/.test(name)) return 'memory';
  if (/^(sr|scd)\d/.test(name)) return 'optical';
  if (name.startsWith('dm-')) return 'mapper';
  if (name.startsWith('md')) return 'raid';
  // The boot areas and the replay-protected block of an eMMC show as disks of their own.
  if (/^mmcblk\d+(boot\d|rpmb)/.test(name)) return 'other';
  return isFolder(join(folder, 'device')) ? 'disk' : 'other';
}

function busOf(name: string, realFolder: string): Bus {
  if (realFolder.includes('/usb')) return 'usb';
  if (name.startsWith('mmcblk')) return 'mmc';
  if (name.startsWith('nvme')) return 'nvme';
  if (realFolder.includes('/virtio')) return 'virtio';
  if (/\/ata\d/.test(realFolder)) return 'ata';
  return 'other';
}

const mmcTypeOf = (type: string): BlockDevice['mmcType'] =>
  type === 'SD' || type === 'MMC' ? type : undefined;

/** The USB device above the SCSI and block levels: it has the reader's serial number, and its port for a name. */
function usbFolder(realFolder: string): string {
  for (let folder = realFolder; folder.length > 1; folder = dirname(folder)) {
    if (text(join(folder, 'idVendor')) !== '') return folder;
  }
  return '';
}

/** A reader with several slots is one SCSI target with a logical unit for each: …/6:0:0:1/block/sdc. */
const logicalUnit = (realFolder: string): number =>
  Number(/\/\d+:\d+:\d+:(\d+)\//.exec(realFolder)?.[1] ?? 0);

/** proc(5): `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue` */
function readMounts(root: string): readonly Mount[] {
  return text(join(root, 'proc/self/mountinfo'))
    .split('\n')
    .flatMap((line) => {
      const [before, after] = line.split(' - ');
      const fields = before?.split(' ') ?? [];
      const [fileSystem, source, options] = after?.split(' ') ?? [];
      const majorMinor = fields[2];
      const mountPoint = fields[4];
      if (
        majorMinor === undefined ||
        mountPoint === undefined ||
        fileSystem === undefined ||
        source === undefined
      )
        return [];
      return [
        {
          device: nameOf(root, majorMinor) ?? nameOfNode(root, unescape(source)),
          mountPoint: unescape(mountPoint),
          fileSystem,
          source: unescape(source),
          options: options ?? '',
        },
      ];
    });
}

function readSwaps(root: string): ReadonlySet<string> {
  const names = text(join(root, 'proc/swaps'))
    .split('\n')
    .slice(1)
    .map((line) => nameOfNode(root, unescape(line.split(/\s+/)[0] ?? '')));
  return new Set(names.filter((name) => name !== undefined));
}

const bases = new Set([
  '/',
  '/boot',
  '/boot/efi',
  '/boot/firmware',
  '/efi',
  '/usr',
  '/var',
  '/etc',
  '/home',
  '/root',
  '/nix',
  '/sysroot',
]);

/**
 * Kernel names that the running system was found on. An overlay root is followed through its lower and
 * upper folders; when one of them cannot be followed the rule refuses whatever is in use.
 */
function traceSystem(root: string, mounts: readonly Mount[]): SystemFacts {
  const found = new Set<string>();
  let traced = true;
  const carrierOf = (path: string): Mount | undefined =>
    mounts
      .filter(
        (mount) =>
          mount.mountPoint !== '/' && (path === mount.mountPoint || path.startsWith(`${mount.mountPoint}/`)),
      )
      .toSorted((a, b) => b.mountPoint.length - a.mountPoint.length)
      .at(0);
  const follow = (mount: Mount | undefined) => {
    if (mount?.device !== undefined) found.add(mount.device);
    else if (!mount || !withoutDevice.has(mount.fileSystem)) traced = false;
  };

  const rootMount = mounts.findLast((mount) => mount.mountPoint === '/');
  const layers = [...(rootMount?.options ?? '').matchAll(/(?:lowerdir|upperdir|workdir)=([^,]+)/g)].flatMap(
    (match) => (match[1] ?? '').split(':'),
  );
  if (rootMount?.fileSystem === 'overlay') for (const layer of layers) follow(carrierOf(layer));
  else follow(rootMount);
  for (const mount of mounts)
    if (bases.has(mount.mountPoint) && mount.device !== undefined) found.add(mount.device);
  // A loop that carries the system (a live image) stands on the disk that holds its file.
  for (const name of [...found]) {
    const file = text(join(root, 'sys/block', name, 'loop/backing_file'));
    if (file !== '') follow(carrierOf(file));
  }
  return { systemDevices: found, traced };
}

/** File systems that stand on no disk of this machine. */
const withoutDevice = new Set(['tmpfs', 'ramfs', 'rootfs', '9p', 'virtiofs', 'nfs', 'nfs4', 'cifs', 'smb3']);

const nameOf = (root: string, majorMinor: string): string | undefined => {
  try {
    return basename(readlinkSync(join(root, 'sys/dev/block', majorMinor)));
  } catch {
    return undefined; // btrfs, overlay, tmpfs… have numbers of their own
  }
};

const nameOfNode = (root: string, node: string): string | undefined => {
  if (!node.startsWith('/dev/')) return undefined;
  try {
    return basename(realpathSync(join(root, node)));
  } catch {
    return undefined;
  }
};

/** mountinfo writes space, tab, newline and backslash in octal. */
const unescape = (field: string): string =>
  field.replace(/\\([0-7]{3})/g, (_all, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

const text = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
};
const list = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};
const isFolder = (folder: string): boolean => {
  try {
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
};
const realPath = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
};
const number = (field: string): number => {
  const value = Number(field);
  return Number.isFinite(value) ? value : 0;
};

import { wholeTree, type BlockDevice } from './block-tree.ts';

/**
 * Why a disk must not be written to. Pure: a device tree in, reasons out. The usual rule of SD writers
 * ("removable or hot-plugged means safe") offers a USB disk that carries the running system; here the
 * whole tree of what stands on a disk is followed, and what is not known to be safe is refused.
 */
export type SlotRefusal =
  | 'not-a-card-slot' // neither a native SD slot nor USB mass storage
  | 'soldered' // eMMC
  | 'system-disk' // the running system is on it, however many layers between
  | 'system-unknown' // where the system runs from cannot be told, and this disk is in use
  | 'swap'
  | 'data-disk' // mounted where data lives, or carries a file system no card of ours has
  | 'encrypted' // LUKS, BitLocker
  | 'volume-group' // LVM, ZFS, bcache, multi-device btrfs
  | 'raid'
  | 'several-partitions'
  | 'rotating' // a hard disk, not a card
  | 'too-large'
  | 'too-small';

export interface SystemFacts {
  /** Kernel names of the devices that `/` and what it stands on were traced to. */
  readonly systemDevices: ReadonlySet<string>;
  /** False when it could not be told where the system runs from. */
  readonly traced: boolean;
  /** Below these the system mounts what a person plugs in. Default: Linux's. */
  readonly removableMounts?: readonly RegExp[];
}

/** SDXC ends at 2 TB (SD Physical Layer 6.00); what is larger claims to be something else. */
const largestCardBytes = 2_200_000_000_000;
/** Room for the card's content and a FAT. */
const smallestCardBytes = 16 * 1024 * 1024;

/** Where a Linux desktop and we ourselves mount. */
const linuxMounts = [/^\/media\//, /^\/run\/media\//, /^\/mnt\/cardwright\//, /^\/run\/cardwright\/\d+\//];

const encrypted = new Set(['crypto_LUKS', 'BitLocker']);
const volumeGroup = new Set([
  'LVM2_member',
  'LVM1_member',
  'zfs_member',
  'bcache',
  'btrfs',
  'ceph_bluestore',
  'drbd',
  'DM_snapshot_cow',
]);
const raid = new Set([
  'linux_raid_member',
  'isw_raid_member',
  'ddf_raid_member',
  'promise_fasttrack_raid_member',
]);
const cardFileSystems = new Set(['vfat', 'exfat']);

/** Disks that can be a card slot at all, with what is in them; loops, RAM disks, CD drives and layers are never one. */
export function isDisk(device: BlockDevice): boolean {
  return device.kind === 'disk';
}

/** Every reason against; empty means it may be offered. An empty slot (size 0) has no reason and no medium. */
export function refusalsOf(disk: BlockDevice, facts: SystemFacts): readonly SlotRefusal[] {
  const reasons = new Set<SlotRefusal>();
  const tree = wholeTree(disk);
  const removableMounts = facts.removableMounts ?? linuxMounts;

  if (disk.bus === 'mmc') {
    // 'MMC' is a soldered chip or a card from before 2005; an unknown type is not known to be a card.
    if (disk.mmcType !== 'SD') reasons.add('soldered');
  } else if (disk.bus !== 'usb' || !isDisk(disk)) reasons.add('not-a-card-slot');

  if (disk.sizeBytes === 0 && tree.length === 1) return [...reasons];

  if (disk.rotational && disk.bus !== 'mmc' && !disk.removable) reasons.add('rotating');
  if (disk.sizeBytes > largestCardBytes) reasons.add('too-large');
  if (disk.sizeBytes < smallestCardBytes) reasons.add('too-small');
  if (disk.children.filter((child) => child.kind === 'partition').length > 1)
    reasons.add('several-partitions');

  for (const device of tree) {
    if (facts.systemDevices.has(device.name)) reasons.add('system-disk');
    if (device.swapActive || device.signature === 'swap') reasons.add('swap');
    for (const mountPoint of device.mountPoints) {
      if (isSystemMount(mountPoint)) reasons.add('system-disk');
      else if (!removableMounts.some((pattern) => pattern.test(mountPoint))) reasons.add('data-disk');
    }
    if (device.mountPoints.length > 0 && !facts.traced) reasons.add('system-unknown');
    if (device.kind === 'raid') reasons.add('raid');
    if (device.kind === 'mapper' || device.kind === 'loop') reasons.add('volume-group');
    if (device.signature === undefined) continue;
    if (encrypted.has(device.signature)) reasons.add('encrypted');
    else if (raid.has(device.signature)) reasons.add('raid');
    else if (volumeGroup.has(device.signature)) reasons.add('volume-group');
    else if (!cardFileSystems.has(device.signature) && device.signature !== 'swap') reasons.add('data-disk');
  }
  return [...reasons];
}

const systemMounts = [
  '/',
  '/boot',
  '/efi',
  '/usr',
  '/var',
  '/etc',
  '/home',
  '/root',
  '/opt',
  '/srv',
  '/nix',
  '/gnu',
  '/sysroot',
  '/ostree',
  '/cdrom',
];

function isSystemMount(mountPoint: string): boolean {
  return (
    systemMounts.includes(mountPoint) ||
    systemMounts.some((system) => system !== '/' && mountPoint.startsWith(`${system}/`)) ||
    // live systems: /run/live/medium, /lib/live/mount/medium, /run/initramfs/live, /run/archiso/bootmnt
    /^\/(run|lib)\/(live|initramfs|archiso|miso)\//.test(mountPoint)
  );
}

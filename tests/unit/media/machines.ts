import type { BlockDevice, Bus } from '../../../native/drivers/media/block-tree.ts';

/**
 * Whole machines made at random, with the truth about each disk known from how it was made, never from
 * the rule under test: `system` and `data` disks must not be offered, `card` slots must not be hidden.
 */
export interface Machine {
  readonly disks: readonly {
    readonly device: BlockDevice;
    readonly truth: 'system' | 'data' | 'card' | 'empty';
  }[];
  /** What tracing `/` found; empty on machines where it cannot be traced. */
  readonly systemDevices: ReadonlySet<string>;
}

type Random = () => number;

/** mulberry32: small, seeded, good enough to spread cases. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pick = <T>(random: Random, from: readonly [T, ...T[]]): T =>
  from[Math.floor(random() * from.length)] ?? from[0];
const gib = 1024 ** 3;

export const plain: Omit<BlockDevice, 'name' | 'kind'> = {
  sizeBytes: 64 * gib,
  readOnly: false,
  removable: false,
  bus: 'other',
  mmcType: undefined,
  rotational: false,
  vendor: '',
  model: '',
  serial: '',
  cid: undefined,
  sequence: 0,
  signature: undefined,
  volumeId: undefined,
  mountPoints: [],
  swapActive: false,
  children: [],
};

class Names {
  private counts = new Map<string, number>();
  next(kind: string): number {
    const count = this.counts.get(kind) ?? 0;
    this.counts.set(kind, count + 1);
    return count;
  }
  disk(bus: Bus): string {
    if (bus === 'mmc') return `mmcblk${this.next('mmc').toString()}`;
    if (bus === 'nvme') return `nvme${this.next('nvme').toString()}n1`;
    return `${bus === 'virtio' ? 'vd' : 'sd'}${String.fromCharCode(97 + this.next('sd'))}`;
  }
}

const partitionName = (disk: string, number: number) =>
  /\d$/.test(disk) ? `${disk}p${number.toString()}` : `${disk}${number.toString()}`;

/** Puts what carries `mountPoint` on top of partitions, through up to three layers. Returns the partition's own facts. */
function layered(random: Random, names: Names, mountPoint: string, trace: Set<string>): Partial<BlockDevice> {
  const leaf = { signature: pick(random, ['ext4', 'xfs', 'btrfs', 'vfat']), mountPoints: [mountPoint] };
  const way = pick(random, ['plain', 'luks', 'lvm', 'luks-lvm', 'raid', 'raid-luks-lvm', 'untold'] as const);
  const mapper = (facts: Partial<BlockDevice>): BlockDevice => {
    const device: BlockDevice = {
      ...plain,
      ...facts,
      name: `dm-${names.next('dm').toString()}`,
      kind: 'mapper',
    };
    trace.add(device.name);
    return device;
  };
  const md = (facts: Partial<BlockDevice>): BlockDevice => {
    const device: BlockDevice = {
      ...plain,
      ...facts,
      name: `md${(127 - names.next('md')).toString()}`,
      kind: 'raid',
    };
    trace.add(device.name);
    return device;
  };
  switch (way) {
    case 'plain':
      return leaf;
    case 'luks':
      return { signature: 'crypto_LUKS', children: [mapper(leaf)] };
    case 'lvm':
      return {
        signature: 'LVM2_member',
        children: [mapper(leaf), mapper({ signature: 'swap', swapActive: true })],
      };
    case 'luks-lvm':
      return {
        signature: 'crypto_LUKS',
        children: [mapper({ signature: 'LVM2_member', children: [mapper(leaf)] })],
      };
    case 'raid':
      return { signature: 'linux_raid_member', children: [md(leaf)] };
    case 'raid-luks-lvm':
      return {
        signature: 'linux_raid_member',
        children: [
          md({
            signature: 'crypto_LUKS',
            children: [mapper({ signature: 'LVM2_member', children: [mapper(leaf)] })],
          }),
        ],
      };
    case 'untold':
      // udev has not probed it (or may not read it): only what stands on it tells.
      return { children: [mapper({ mountPoints: [mountPoint] })] };
  }
}

export function randomMachine(random: Random): Machine {
  const names = new Names();
  const trace = new Set<string>();
  const disks: { device: BlockDevice; truth: Machine['disks'][number]['truth'] }[] = [];

  // The system: on any bus, also on a USB stick and on an SD card (a Raspberry Pi, a live system).
  const systemBus = pick(random, ['ata', 'nvme', 'virtio', 'usb', 'mmc'] as const);
  const mirrored = random() < 0.1;
  for (let copy = 0; copy < (mirrored ? 2 : 1); copy += 1) {
    const name = names.disk(systemBus);
    const mountPoint = pick(random, ['/', '/', '/', '/run/live/medium', '/var', '/home', '/boot/firmware']);
    const root = {
      ...plain,
      name: partitionName(name, 2),
      kind: 'partition' as const,
      ...layered(random, names, mountPoint, trace),
    };
    const whole = random() < 0.1;
    const boot: BlockDevice = {
      ...plain,
      name: partitionName(name, 1),
      kind: 'partition',
      signature: 'vfat',
      mountPoints: random() < 0.7 ? ['/boot/efi'] : [],
    };
    trace.add(name);
    trace.add(root.name);
    disks.push({
      truth: 'system',
      device: {
        ...plain,
        name,
        kind: 'disk',
        bus: systemBus,
        removable: systemBus === 'usb' && random() < 0.6,
        mmcType: systemBus === 'mmc' ? pick(random, ['SD', 'MMC']) : undefined,
        rotational: systemBus === 'ata' && random() < 0.3,
        ...(whole
          ? { ...layered(random, names, mountPoint, trace) }
          : { children: random() < 0.3 ? [root] : [boot, root] }),
      },
    });
  }

  // Disks with somebody's data: internal or USB, mounted, locked or lying still.
  for (let count = Math.floor(random() * 3); count > 0; count -= 1) {
    const bus = pick(random, ['ata', 'nvme', 'usb', 'usb'] as const);
    const name = names.disk(bus);
    const kind = pick(random, [
      'mounted',
      'luks',
      'lvm',
      'raid',
      'zfs',
      'ntfs',
      'swap',
      'card-with-linux',
    ] as const);
    const part = (number: number, facts: Partial<BlockDevice>): BlockDevice => ({
      ...plain,
      name: partitionName(name, number),
      kind: 'partition',
      ...facts,
    });
    const children: Record<typeof kind, readonly BlockDevice[]> = {
      mounted: [
        part(1, {
          signature: pick(random, ['ext4', 'vfat', 'exfat', 'ntfs']),
          mountPoints: [pick(random, ['/data', '/mnt/backup', '/srv/db', '/home/li'])],
        }),
      ],
      luks: [part(1, { signature: 'crypto_LUKS' })],
      lvm: [part(1, { signature: 'LVM2_member' })],
      raid: [part(1, { signature: 'linux_raid_member' })],
      zfs: [part(1, { signature: 'zfs_member' })],
      ntfs: [part(1, { signature: pick(random, ['ntfs', 'ext4', 'xfs', 'apfs', 'hfsplus']) })],
      swap: [part(1, { signature: 'swap', swapActive: random() < 0.5 })],
      'card-with-linux': [part(1, { signature: 'vfat' }), part(2, { signature: 'ext4' })],
    };
    disks.push({
      truth: 'data',
      device: {
        ...plain,
        name,
        kind: 'disk',
        bus,
        removable: bus === 'usb' && random() < 0.5,
        rotational: random() < 0.3,
        children: children[kind],
      },
    });
  }

  // Card slots: USB readers with one to four slots, native slots; empty, blank, FAT, with and without partitions.
  for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
    const bus = pick(random, ['usb', 'usb', 'mmc'] as const);
    const name = names.disk(bus);
    const base: BlockDevice = {
      ...plain,
      name,
      kind: 'disk',
      bus,
      removable: bus === 'usb',
      mmcType: bus === 'mmc' ? 'SD' : undefined,
      // many USB bridges claim to rotate
      rotational: bus === 'usb' && random() < 0.3,
      sizeBytes: Math.floor((0.03 + random() * 1000) * gib),
      readOnly: random() < 0.1,
    };
    if (bus === 'usb' && random() < 0.3) {
      disks.push({ truth: 'empty', device: { ...base, sizeBytes: 0 } });
      continue;
    }
    const signature = pick(random, ['vfat', 'exfat', undefined]);
    const mountPoints =
      signature !== undefined && random() < 0.5
        ? [pick(random, ['/media/li/CARD', '/run/media/li/1234-ABCD'])]
        : [];
    const whole = random() < 0.3;
    disks.push({
      truth: 'card',
      device: whole
        ? { ...base, signature, mountPoints }
        : {
            ...base,
            children: [{ ...plain, name: partitionName(name, 1), kind: 'partition', signature, mountPoints }],
          },
    });
  }

  return { disks, systemDevices: trace };
}

import type { BlockDevice, Bus } from './block-tree.ts';
import type { PlistValue } from './plist.ts';
import type { SystemFacts } from './slot-rule.ts';

/** What macOS says of its disks, each as a parsed property list. */
export interface MacosAnswers {
  /** `diskutil list -plist` */
  readonly list: PlistValue | undefined;
  /** `diskutil info -plist <device>` for every identifier in `AllDisks`. */
  readonly info: ReadonlyMap<string, PlistValue | undefined>;
  /** Serial numbers by whole disk (diskN), from system_profiler. */
  readonly serials: ReadonlyMap<string, string>;
}

/**
 * The block tree of a Mac. A disk that `diskutil info` says nothing of is not understood and is refused
 * (its bus is `other`); an APFS container or a RAID is a child of the partition that carries it.
 */
export function macosBlockTree({ list, info, serials }: MacosAnswers): {
  readonly disks: readonly BlockDevice[];
  readonly facts: SystemFacts;
} {
  const made = new Map<string, BlockDevice>();
  const entries = items(field(list, 'AllDisksAndPartitions'));
  /** Physical store → the synthesized disks that stand on it. */
  const standingOn = new Map<string, PlistValue[]>();
  for (const entry of entries)
    for (const store of items(field(entry, 'APFSPhysicalStores'))) {
      const name = words(field(store, 'DeviceIdentifier'));
      standingOn.set(name, [...(standingOn.get(name) ?? []), entry]);
    }

  const build = (entry: PlistValue, whole: string, kind: BlockDevice['kind']): BlockDevice => {
    const name = words(field(entry, 'DeviceIdentifier'));
    const known = made.get(name);
    if (known) return known;
    const about = info.get(name);
    const aboutWhole = info.get(whole);
    const bus = busOf(aboutWhole);
    const below = [...items(field(entry, 'Partitions')), ...items(field(entry, 'APFSVolumes'))];
    const mountPoint = words(field(entry, 'MountPoint')) || words(field(about, 'MountPoint'));
    const device: BlockDevice = {
      name,
      kind,
      sizeBytes: count(field(about, 'Size')) || count(field(entry, 'Size')),
      readOnly: field(aboutWhole, 'WritableMedia') === false,
      removable: field(aboutWhole, 'RemovableMedia') === true || field(aboutWhole, 'Ejectable') === true,
      bus,
      // A soldered chip does not show on the Secure Digital protocol of a Mac.
      mmcType: bus === 'mmc' ? 'SD' : undefined,
      rotational: field(aboutWhole, 'SolidState') === false && field(aboutWhole, 'RemovableMedia') !== true,
      vendor: '',
      model: words(field(aboutWhole, 'MediaName')),
      serial: serials.get(whole) ?? '',
      cid: undefined,
      sequence: 0,
      signature: signatureOf(entry, about, below.length),
      volumeId: words(field(about, 'VolumeUUID')) || undefined,
      mountPoints: mountPoint === '' ? [] : [mountPoint],
      swapActive: mountPoint === '/System/Volumes/VM' || mountPoint === '/private/var/vm',
      children: [
        ...below.map((one) => build(one, whole, 'partition')),
        ...(standingOn.get(name) ?? []).map((one) =>
          build(one, words(field(one, 'DeviceIdentifier')), 'mapper'),
        ),
      ],
    };
    made.set(name, device);
    return device;
  };

  const disks = entries
    .filter((entry) => items(field(entry, 'APFSPhysicalStores')).length === 0)
    .map((entry) => {
      const name = words(field(entry, 'DeviceIdentifier'));
      // Disk images, CoreStorage volumes and software RAIDs are disks without a body.
      const physical = field(info.get(name), 'VirtualOrPhysical') === 'Physical';
      return build(entry, name, physical ? 'disk' : 'other');
    });
  const systemDevices = new Set(
    [...made.values()]
      .filter((device) => device.mountPoints.some((point) => point === '/' || point.startsWith('/System/')))
      .map((device) => device.name),
  );
  return {
    disks,
    facts: { systemDevices, traced: systemDevices.size > 0, removableMounts: [/^\/Volumes\/[^/]+$/] },
  };
}

function busOf(about: PlistValue | undefined): Bus {
  switch (field(about, 'BusProtocol')) {
    case 'USB':
      return 'usb';
    case 'Secure Digital':
      return 'mmc';
    case 'PCI-Express':
    case 'Apple Fabric':
      return 'nvme';
    case 'SATA':
    case 'ATA':
      return 'ata';
    default:
      return 'other';
  }
}

/** Names as the rule knows them; what is not known keeps Apple's own and is refused. */
function signatureOf(entry: PlistValue, about: PlistValue | undefined, below: number): string | undefined {
  const fileSystem = words(field(about, 'FilesystemType'));
  if (fileSystem === 'msdos') return 'vfat';
  if (fileSystem !== '') return fileSystem; // exfat, apfs, hfs, ntfs…
  const content = words(field(entry, 'Content'));
  if (content === 'Apple_CoreStorage') return 'LVM2_member';
  if (content === 'Apple_RAID' || content === 'Apple_RAID_Offline') return 'linux_raid_member';
  // A partition table and the EFI partition's name say nothing about content; a blank disk has none.
  if (below > 0 || content === '' || content.endsWith('_partition_scheme')) return undefined;
  return content;
}

export const field = (value: PlistValue | undefined, name: string): PlistValue | undefined =>
  typeof value === 'object' && !Array.isArray(value)
    ? (value as Readonly<Record<string, PlistValue>>)[name]
    : undefined;
export const items = (value: PlistValue | undefined): readonly PlistValue[] =>
  Array.isArray(value) ? (value as readonly PlistValue[]) : [];
export const words = (value: PlistValue | undefined): string =>
  typeof value === 'string' ? value.trim() : '';
const count = (value: PlistValue | undefined): number => (typeof value === 'number' ? value : 0);

import type { BlockDevice, Bus } from './block-tree.ts';
import type { SystemFacts } from './slot-rule.ts';

/**
 * Asks for everything at once and answers with one line of JSON; runs as an ordinary user in Windows
 * PowerShell 5.1 and later. Classes: Storage Management API (MSFT_*), Win32_*.
 */
export const windowsDisksScript = [
  "$ErrorActionPreference = 'Stop'",
  "$s = 'root/Microsoft/Windows/Storage'",
  '$d = @(Get-CimInstance -Namespace $s -ClassName MSFT_Disk | Select-Object Number,FriendlyName,Manufacturer,Model,SerialNumber,UniqueId,Size,BusType,IsBoot,IsSystem,IsReadOnly,IsOffline)',
  '$p = @(Get-CimInstance -Namespace $s -ClassName MSFT_Partition | Select-Object DiskNumber,PartitionNumber,Size,@{n="DriveLetter";e={[string]$_.DriveLetter}},AccessPaths,GptType,MbrType,IsBoot,IsSystem)',
  '$v = @(Get-CimInstance -Namespace $s -ClassName MSFT_Volume | Select-Object Path,@{n="DriveLetter";e={[string]$_.DriveLetter}},FileSystem,Size,SizeRemaining)',
  '$l = @(Get-CimInstance -ClassName Win32_LogicalDisk | Select-Object DeviceID,VolumeSerialNumber)',
  '$w = @(Get-CimInstance -ClassName Win32_DiskDrive | Select-Object Index,MediaType,InterfaceType)',
  '$f = @(Get-CimInstance -ClassName Win32_PageFileUsage | Select-Object Name)',
  '@{ disks=$d; partitions=$p; volumes=$v; logical=$l; drives=$w; pageFiles=$f; systemDrive=$env:SystemDrive } | ConvertTo-Json -Depth 4 -Compress',
].join('; ');

/**
 * The block tree of a Windows machine from the answer to `windowsDisksScript`. Whatever is missing or not
 * understood leads to a refusal: an answer that is no JSON gives no disks at all.
 */
export function windowsBlockTree(answer: string): {
  readonly disks: readonly BlockDevice[];
  readonly facts: SystemFacts;
} {
  const all = parse(answer);
  const rows = (name: string) => items(field(all, name));
  const systemDevices = new Set<string>();
  const systemDrive = words(field(all, 'systemDrive')).toUpperCase();
  const pageFileDrives = new Set(
    rows('pageFiles').map((row) => words(field(row, 'Name')).slice(0, 2).toUpperCase()),
  );
  let traced = false;

  const partitionOf = (
    row: unknown,
    about: Pick<
      BlockDevice,
      'bus' | 'mmcType' | 'removable' | 'readOnly' | 'rotational' | 'serial' | 'model' | 'vendor'
    >,
  ): BlockDevice => {
    const letter = words(field(row, 'DriveLetter')).replaceAll('\0', '').toUpperCase();
    const drive = letter === '' ? '' : `${letter}:`;
    const paths = items(field(row, 'AccessPaths')).map(words);
    const volume = rows('volumes').find(
      (one) =>
        paths.includes(words(field(one, 'Path'))) ||
        (letter !== '' && words(field(one, 'DriveLetter')).toUpperCase() === letter),
    );
    const name = `PhysicalDrive${number(field(row, 'DiskNumber')).toString()}Partition${number(field(row, 'PartitionNumber')).toString()}`;
    if (
      field(row, 'IsBoot') === true ||
      field(row, 'IsSystem') === true ||
      (drive !== '' && drive === systemDrive)
    )
      systemDevices.add(name);
    if (drive !== '' && drive === systemDrive) traced = true;
    const logical = rows('logical').find((one) => words(field(one, 'DeviceID')).toUpperCase() === drive);
    return {
      ...about,
      name,
      kind: 'partition',
      sizeBytes: number(field(row, 'Size')),
      cid: undefined,
      sequence: 0,
      signature: signatureOf(words(field(volume, 'FileSystem')), row),
      volumeId: drive === '' ? undefined : volumeIdOf(words(field(logical, 'VolumeSerialNumber'))),
      // Folders that a volume is mounted at count too: who does that keeps data there.
      mountPoints: paths.filter((path) => path !== '' && !path.startsWith('\\\\?\\')),
      swapActive: drive !== '' && pageFileDrives.has(drive),
      children: [],
    };
  };

  const disks = rows('disks').map((row): BlockDevice => {
    const index = number(field(row, 'Number'));
    const drive = rows('drives').find((one) => number(field(one, 'Index'), -1) === index);
    const mediaType = words(field(drive, 'MediaType'));
    const bus = busOf(number(field(row, 'BusType')));
    const about = {
      bus,
      mmcType: mmcTypeOf(number(field(row, 'BusType'))),
      removable: /^removable/i.test(mediaType),
      // A disk that Windows has taken offline is somebody's business, and cannot be written to.
      readOnly: field(row, 'IsReadOnly') === true || field(row, 'IsOffline') === true,
      // Windows knows the rotation of few USB disks; what it calls a hard disk is treated as one.
      rotational: /hard disk/i.test(mediaType),
      vendor: words(field(row, 'Manufacturer')),
      model: words(field(row, 'Model')) || words(field(row, 'FriendlyName')),
      serial: words(field(row, 'SerialNumber')),
    };
    const name = `PhysicalDrive${index.toString()}`;
    if (field(row, 'IsBoot') === true || field(row, 'IsSystem') === true) systemDevices.add(name);
    const children = rows('partitions')
      .filter((one) => number(field(one, 'DiskNumber'), -1) === index)
      .map((one) => partitionOf(one, about));
    return {
      ...about,
      name,
      kind: 'disk',
      sizeBytes: number(field(row, 'Size')),
      cid: undefined,
      sequence: 0,
      signature: undefined,
      volumeId: undefined,
      mountPoints: [],
      swapActive: false,
      children,
    };
  });
  return { disks, facts: { systemDevices, traced, removableMounts: [/^[A-Z]:\\$/i] } };
}

/** MSFT_Disk.BusType */
function busOf(type: number): Bus {
  switch (type) {
    case 7:
      return 'usb';
    case 12: // Secure Digital
    case 13: // Multimedia Card: as a rule soldered
      return 'mmc';
    case 3:
    case 11:
      return 'ata';
    case 17:
      return 'nvme';
    default:
      return 'other';
  }
}
const mmcTypeOf = (type: number): BlockDevice['mmcType'] =>
  type === 12 ? 'SD' : type === 13 ? 'MMC' : undefined;

/** MSFT_Partition.GptType: what builds on several disks or is the machine's own. */
const gptSignatures: Readonly<Record<string, string>> = {
  '{5808c8aa-7e8f-42e0-85d2-e1e90434cfb3}': 'LVM2_member', // dynamic disk, metadata
  '{af9b60a0-1431-4f62-bc68-3311714a69ad}': 'LVM2_member', // dynamic disk, data
  '{e75caf8f-f680-4cee-afa3-b001e56efc2d}': 'LVM2_member', // storage spaces
};

function signatureOf(fileSystem: string, partition: unknown): string {
  const gpt = gptSignatures[words(field(partition, 'GptType')).toLowerCase()];
  if (gpt !== undefined) return gpt;
  if (number(field(partition, 'MbrType')) === 0x42) return 'LVM2_member'; // dynamic disk
  switch (fileSystem.toUpperCase()) {
    case 'FAT':
    case 'FAT32':
      return 'vfat';
    case 'EXFAT':
      return 'exfat';
    case '':
      // Nothing Windows can read: locked by BitLocker, another system's, or blank. Not ours to tell.
      return 'unknown';
    default:
      return fileSystem.toLowerCase();
  }
}

/** As Linux and the card itself have it: 1234-ABCD. */
const volumeIdOf = (serial: string): string | undefined =>
  /^[0-9A-F]{8}$/i.test(serial) ? `${serial.slice(0, 4)}-${serial.slice(4)}`.toUpperCase() : undefined;

const parse = (answer: string): unknown => {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
};
const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
/** ConvertTo-Json writes a list of one as the one in some versions. */
const items = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : value === undefined || value === null ? [] : [value];
const words = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');
const number = (value: unknown, otherwise = 0): number => (typeof value === 'number' ? value : otherwise);

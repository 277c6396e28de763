import { describe, expect, test } from 'vitest';
import { ok, type Result } from '../../../electron/shared/result/index.ts';
import { macosBlockTree } from '../../../native/drivers/media/macos-block-tree.ts';
import {
  macosBytes,
  macosMediaDriver,
  macosSerials,
} from '../../../native/drivers/media/macos-media-driver.ts';
import { parsePlist } from '../../../native/drivers/media/plist.ts';
import { refusalsOf } from '../../../native/drivers/media/slot-rule.ts';

/*
 * In the form of the programs' answers on an Apple-silicon portable: the internal disk with its APFS
 * container, a card in the built-in slot, one in a USB reader, a USB disk of Time Machine, an open disk image.
 */
const plist = (inner: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${inner}
</plist>`;
const dict = (entries: Record<string, string | number | boolean | readonly string[]>): string =>
  `<dict>${Object.entries(entries)
    .map(([key, value]) => {
      const xml =
        typeof value === 'boolean'
          ? `<${String(value)}/>`
          : typeof value === 'number'
            ? `<integer>${value.toString()}</integer>`
            : typeof value === 'string'
              ? `<string>${value}</string>`
              : `<array>${value.join('')}</array>`;
      return `\n\t<key>${key}</key>\n\t${xml}`;
    })
    .join('')}\n</dict>`;
const part = (name: string, content: string, more = {}) =>
  dict({ Content: content, DeviceIdentifier: name, Size: 31_000_000_000, ...more });

const listing = (extra: readonly string[] = []) =>
  plist(
    dict({
      AllDisks: [
        'disk0',
        'disk0s1',
        'disk0s2',
        'disk3',
        'disk3s1',
        'disk4',
        'disk4s1',
        'disk5',
        'disk5s1',
        'disk6',
        'disk6s1',
        'disk7',
      ].map((name) => `<string>${name}</string>`),
      AllDisksAndPartitions: [
        dict({
          Content: 'GUID_partition_scheme',
          DeviceIdentifier: 'disk0',
          Size: 500_277_792_768,
          Partitions: [part('disk0s1', 'Apple_APFS_ISC'), part('disk0s2', 'Apple_APFS')],
        }),
        dict({
          APFSPhysicalStores: [dict({ DeviceIdentifier: 'disk0s2' })],
          APFSVolumes: [dict({ DeviceIdentifier: 'disk3s1', MountPoint: '/', Size: 494_000_000_000 })],
          Content: 'EF57347C-0000-11AA-AA11-00306543ECAC',
          DeviceIdentifier: 'disk3',
          Size: 494_000_000_000,
        }),
        dict({
          Content: 'FDisk_partition_scheme',
          DeviceIdentifier: 'disk4',
          Size: 31_914_983_424,
          Partitions: [part('disk4s1', 'DOS_FAT_32', { MountPoint: '/Volumes/R&amp;D CARD' })],
        }),
        dict({
          Content: 'FDisk_partition_scheme',
          DeviceIdentifier: 'disk5',
          Size: 31_914_983_424,
          Partitions: [part('disk5s1', 'Windows_NTFS')],
        }),
        dict({
          Content: 'GUID_partition_scheme',
          DeviceIdentifier: 'disk6',
          Size: 1_000_204_886_016,
          Partitions: [part('disk6s1', 'Apple_HFS', { MountPoint: '/Volumes/Backup' })],
        }),
        dict({ Content: '', DeviceIdentifier: 'disk7', MountPoint: '/Volumes/Image', Size: 40_000_000 }),
        ...extra,
      ],
    }),
  );

const whole = (bus: string, more: Record<string, string | number | boolean> = {}) => ({
  BusProtocol: bus,
  WholeDisk: true,
  VirtualOrPhysical: 'Physical',
  WritableMedia: true,
  ...more,
});
const infos: Record<string, Record<string, string | number | boolean>> = {
  disk0: whole('Apple Fabric', {
    Internal: true,
    SolidState: true,
    RemovableMedia: false,
    MediaName: 'APPLE SSD AP0512Q',
  }),
  disk0s2: { Content: 'Apple_APFS' },
  disk3: whole('Apple Fabric', { VirtualOrPhysical: 'Virtual' }),
  disk3s1: { FilesystemType: 'apfs', MountPoint: '/' },
  disk4: whole('Secure Digital', {
    Internal: true,
    RemovableMedia: true,
    Size: 31_914_983_424,
    MediaName: 'Built In SDXC Reader',
  }),
  disk4s1: {
    FilesystemType: 'msdos',
    MountPoint: '/Volumes/R&amp;D CARD',
    VolumeUUID: '0A81F3B1-51D9-3335-B3E3-169C3640360D',
  },
  disk5: whole('USB', {
    Internal: false,
    RemovableMedia: true,
    Size: 31_914_983_424,
    MediaName: 'STORAGE DEVICE',
  }),
  disk5s1: { FilesystemType: 'exfat', MountPoint: '' },
  disk6: whole('USB', { SolidState: false, RemovableMedia: false, MediaName: 'Elements' }),
  disk6s1: { FilesystemType: 'hfs', MountPoint: '/Volumes/Backup' },
  disk7: whole('Disk Image', { VirtualOrPhysical: 'Virtual', RemovableMedia: true }),
};
const info = (name: string) => plist(dict(infos[name] ?? {}));

const profile = plist(
  `<array>${dict({
    _dataType: 'SPUSBDataType',
    _items: [
      dict({
        _name: 'USB3.0 Card Reader',
        serial_num: '000000001536',
        Media: [dict({ _name: 'STORAGE DEVICE', bsd_name: 'disk5' })],
      }),
    ],
  })}${dict({
    _dataType: 'SPCardReaderDataType',
    _items: [
      dict({
        _name: 'spcardreader',
        _items: [
          dict({ _name: 'SDHC Card', bsd_name: 'disk4', spcardreader_card_serialnumber: '0x1c2b3a49' }),
        ],
      }),
    ],
  })}</array>`,
);

const tree = (list = listing()) =>
  macosBlockTree({
    list: parsePlist(list),
    info: new Map(Object.keys(infos).map((name) => [name, parsePlist(info(name))])),
    serials: macosSerials(parsePlist(profile)),
  });

describe('the block tree of a Mac', () => {
  test('the system’s own disk carries it through its APFS container; the image has no body', () => {
    const { disks, facts } = tree();
    expect([...facts.systemDevices]).toEqual(['disk3s1']);
    const refusals = Object.fromEntries(disks.map((disk) => [disk.name, refusalsOf(disk, facts)]));
    expect(refusals.disk0).toEqual(expect.arrayContaining(['not-a-card-slot', 'system-disk']));
    expect(refusals.disk6).toEqual(expect.arrayContaining(['rotating', 'data-disk']));
    expect(refusals.disk7).toContain('not-a-card-slot');
    expect(refusals).toMatchObject({ disk4: [], disk5: [] });
    expect(disks.find((disk) => disk.name === 'disk4')).toMatchObject({
      kind: 'disk',
      bus: 'mmc',
      mmcType: 'SD',
      serial: '0x1c2b3a49',
      sizeBytes: 31_914_983_424,
      children: [{ signature: 'vfat', mountPoints: ['/Volumes/R&D CARD'] }],
    });
    expect(disks.find((disk) => disk.name === 'disk5')).toMatchObject({
      serial: '000000001536',
      children: [{ signature: 'exfat', mountPoints: [] }],
    });
  });

  test('a USB disk whose container carries the running system is refused; one that nothing is known of, too', () => {
    infos.disk8 = whole('USB', { RemovableMedia: true });
    infos.disk8s1 = {};
    infos.disk9s1 = { FilesystemType: 'apfs', MountPoint: '/System/Volumes/Data' };
    const { disks, facts } = tree(
      listing([
        dict({
          Content: 'GUID_partition_scheme',
          DeviceIdentifier: 'disk8',
          Size: 64e9,
          Partitions: [part('disk8s1', 'Apple_APFS')],
        }),
        dict({
          APFSPhysicalStores: [dict({ DeviceIdentifier: 'disk8s1' })],
          APFSVolumes: [dict({ DeviceIdentifier: 'disk9s1' })],
          DeviceIdentifier: 'disk9',
        }),
        dict({ Content: '', DeviceIdentifier: 'disk10', Size: 64e9 }),
      ]),
    );
    const of = (name: string) => disks.find((disk) => disk.name === name);
    const usb = of('disk8');
    expect(usb && refusalsOf(usb, facts)).toEqual(expect.arrayContaining(['system-disk', 'volume-group']));
    const unknown = of('disk10');
    expect(unknown && refusalsOf(unknown, facts)).toContain('not-a-card-slot');
  });

  test('no property list, a damaged one, none at all: no disks, and nobody claims to know the system', () => {
    for (const list of ['', '<plist><dict><key>AllDisks</key>', 'diskutil: command not found'])
      expect(macosBlockTree({ list: parsePlist(list), info: new Map(), serials: new Map() })).toMatchObject({
        disks: [],
        facts: { traced: false },
      });
  });

  test('the registry’s count of bytes belongs to the driver above the disk', () => {
    const driver = (disk: string, bytes: number) =>
      `<dict><key>Statistics</key><dict><key>Bytes (Read)</key><integer>${bytes.toString()}</integer>
         <key>Bytes (Write)</key><integer>${(bytes + 1).toString()}</integer></dict>
       <key>IORegistryEntryChildren</key><array>${dict({ 'BSD Name': disk, Whole: true })}</array></dict>`;
    const registry = parsePlist(plist(`<array>${driver('disk0', 7)}${driver('disk5', 4096)}</array>`));
    expect(macosBytes(registry, 'disk5', 'Read')).toBe(4096);
    expect(macosBytes(registry, 'disk5', 'Write')).toBe(4097);
    expect(macosBytes(registry, 'disk9', 'Read')).toBeUndefined();
  });
});

test('the driver on a Mac shows the two slots and opens nothing that is refused', async () => {
  const asked: string[] = [];
  const run = (program: string, args: readonly string[]): Promise<Result<string>> => {
    asked.push([program, ...args].join(' '));
    if (program === 'system_profiler') return Promise.resolve(ok(profile));
    if (args[0] === 'list') return Promise.resolve(ok(listing()));
    return Promise.resolve(ok(info(args[2] ?? '')));
  };
  const driver = macosMediaDriver({ run, pollMs: 5 });
  await new Promise<void>((resolve) => driver.onChange(() => resolve()));
  expect(driver.slots().map(({ slot, medium }) => [slot, medium?.fileSystem, medium?.refusals])).toEqual([
    ['disk4', 'fat32', []],
    ['disk5', 'exfat', []],
    ['disk6', 'other', ['rotating', 'data-disk']],
  ]);
  expect(await driver.open('disk6')).toMatchObject({ ok: false, fault: { code: 'medium-system-disk' } });
  expect(await driver.open('disk0')).toMatchObject({ ok: false, fault: { code: 'medium-system-disk' } });
  // Every disk was asked for once: the list has not changed since.
  expect(asked.filter((line) => line === 'diskutil info -plist disk4')).toHaveLength(1);
  await driver.stop();
});

import { spawn } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { fail, ok } from '../../../electron/shared/result/index.ts';
import { openPowerShell, type PowerShell } from '../../../native/drivers/media/power-shell.ts';
import { refusalsOf } from '../../../native/drivers/media/slot-rule.ts';
import { windowsBlockTree } from '../../../native/drivers/media/windows-block-tree.ts';
import { dismounted, windowsMediaDriver } from '../../../native/drivers/media/windows-media-driver.ts';

/* In the form of the answer of Windows 11: system disk, card in a USB reader, empty slot of it, native slot, USB hard disk, soldered eMMC. */
const disk = (Number: number, BusType: number, Size: number | null, more = {}) => ({
  ...{ Number, FriendlyName: 'Generic STORAGE DEVICE', Manufacturer: 'Generic ', Model: 'STORAGE DEVICE  ' },
  ...{ SerialNumber: '000000001536', UniqueId: 'USBSTOR', Size, BusType },
  ...{ IsBoot: false, IsSystem: false, IsReadOnly: false, IsOffline: false, ...more },
});
const guid = (number: number) => `\\\\?\\Volume{0000000${number.toString()}-0000-0000-0000-100000000000}\\`;
const partition = (DiskNumber: number, letter: string, more = {}) => ({
  ...{ DiskNumber, PartitionNumber: 1, Size: 31_900_000_000, DriveLetter: letter === '' ? '\0' : letter },
  AccessPaths: letter === '' ? [guid(DiskNumber)] : [`${letter}:\\`, guid(DiskNumber)],
  ...{ GptType: null, MbrType: 12, IsBoot: false, IsSystem: false, ...more },
});
const volume = (number: number, letter: string, FileSystem: string | null) => ({
  ...{
    Path: guid(number),
    DriveLetter: letter,
    FileSystem,
    Size: 31_900_000_000,
    SizeRemaining: 31_000_000_000,
  },
});

const machine = {
  disks: [
    disk(0, 17, 512_110_190_592, { FriendlyName: 'NVMe', IsBoot: true, IsSystem: true }),
    disk(1, 7, 31_914_983_424),
    disk(2, 7, 0),
    disk(3, 12, 15_931_539_456, { SerialNumber: null, Model: 'SD Card' }),
    disk(4, 7, 1_000_204_886_016, { SerialNumber: 'WX1' }),
    disk(5, 13, 62_000_000_000),
  ],
  partitions: [
    partition(0, 'C', { IsBoot: true, GptType: '{ebd0a0a2-b9e5-4433-87c0-68b6b72699c7}', MbrType: null }),
    partition(1, 'E'),
    partition(3, 'F'),
    partition(4, 'G'),
    partition(5, 'H'),
  ],
  volumes: [
    volume(0, 'C', 'NTFS'),
    volume(1, 'E', 'FAT32'),
    volume(3, 'F', 'exFAT'),
    volume(4, 'G', 'exFAT'),
    volume(5, 'H', 'FAT32'),
  ],
  logical: [{ DeviceID: 'E:', VolumeSerialNumber: '1234ABCD' }],
  drives: [
    { Index: 0, MediaType: 'Fixed hard disk media', InterfaceType: 'SCSI' },
    { Index: 1, MediaType: 'Removable Media', InterfaceType: 'USB' },
    { Index: 3, MediaType: 'Removable Media', InterfaceType: 'SCSI' },
    { Index: 4, MediaType: 'External hard disk media', InterfaceType: 'USB' },
  ],
  pageFiles: [{ Name: 'C:\\pagefile.sys' }],
  systemDrive: 'C:',
};
const refusals = (answer: object) => {
  const { disks, facts } = windowsBlockTree(JSON.stringify(answer));
  return disks.map((one) => refusalsOf(one, facts));
};

describe('the block tree of a Windows machine', () => {
  test('cards in the reader and the native slot are offered, the empty slot has no reason, everything else has', () => {
    const { disks, facts } = windowsBlockTree(JSON.stringify(machine));
    expect(facts.traced).toBe(true);
    const [system, reader, empty, native, external, soldered] = refusals(machine);
    expect(system).toEqual(expect.arrayContaining(['not-a-card-slot', 'system-disk', 'swap', 'data-disk']));
    expect([reader, empty, native]).toEqual([[], [], []]);
    expect(external).toEqual(['rotating']);
    expect(soldered).toEqual(['soldered']);
    expect(disks[1]).toMatchObject({
      name: 'PhysicalDrive1',
      vendor: 'Generic',
      serial: '000000001536',
      children: [{ signature: 'vfat', volumeId: '1234-ABCD', mountPoints: ['E:\\'] }],
    });
  });

  test.each([
    ['the running Windows To Go', { partitions: [partition(1, 'C')], systemDrive: 'C:' }, 'system-disk'],
    ['a page file', { pageFiles: [{ Name: 'E:\\pagefile.sys' }] }, 'swap'],
    [
      'a folder that it is mounted at',
      { partitions: [partition(1, '', { AccessPaths: ['C:\\data\\', guid(1)] })] },
      'data-disk',
    ],
    ['what BitLocker has locked, or another system made', { volumes: [volume(1, 'E', null)] }, 'data-disk'],
    ['a dynamic disk', { partitions: [partition(1, 'E', { MbrType: 0x42 })] }, 'volume-group'],
    ['two partitions', { partitions: [partition(1, 'E'), partition(1, 'I')] }, 'several-partitions'],
  ])('a USB disk is refused for %s', (_name, more, reason) => {
    expect(refusals({ ...machine, ...more })[1]).toContain(reason);
  });

  test('an answer without the system’s drive makes nothing that is in use safe', () => {
    const { systemDrive: _unknown, ...rest } = machine;
    expect(refusals(rest)[1]).toEqual(['system-unknown']);
  });

  test('an answer that is not JSON, empty or of another shape gives no disks; one that is no list is one', () => {
    for (const answer of ['', 'Access denied', '[]', '{"disks":7}'])
      expect(
        windowsBlockTree(answer).disks.flatMap((one) => refusalsOf(one, windowsBlockTree(answer).facts)),
      ).not.toEqual([[]]);
    expect(windowsBlockTree('').disks).toEqual([]);
    // The one disk that is left was not seen to be another than the system's.
    const only = refusals({ ...machine, disks: machine.disks[1], partitions: machine.partitions[1] });
    expect(only).toEqual([['system-unknown']]);
  });
});

test('the driver on Windows: slots from one answer; a volume that is in use is not cold', async () => {
  const shell: PowerShell = {
    run: () => Promise.resolve(ok(JSON.stringify(machine))),
    close: () => undefined,
  };
  const driver = windowsMediaDriver({ shell, pollMs: 5 });
  await new Promise<void>((resolve) => driver.onChange(() => resolve()));
  expect(driver.slots().map(({ slot, medium }) => [slot, medium?.fileSystem])).toEqual([
    ['PhysicalDrive1', 'fat32'],
    ['PhysicalDrive2', undefined],
    ['PhysicalDrive3', 'exfat'],
    ['PhysicalDrive4', 'exfat'],
  ]);
  expect(await driver.open('PhysicalDrive4')).toMatchObject({ fault: { code: 'medium-system-disk' } });
  await driver.stop();
  expect(dismounted(ok('dismounted'))).toEqual(ok({ deviceCacheDropped: true }));
  expect(dismounted(ok('in-use'))).toEqual(fail('medium-read-not-cold', { reason: 'in-use' }));
  expect(dismounted(ok('absent'))).toMatchObject({ fault: { code: 'medium-removed' } });
});

describe('a PowerShell that stays', () => {
  const open: PowerShell[] = [];
  afterEach(() => {
    for (const shell of open.splice(0)) shell.close();
  });
  /** Reads and answers as the loop inside PowerShell does. */
  const stand = (marker: string) =>
    spawn(process.execPath, [
      '-e',
      `require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
         const script = Buffer.from(line, 'base64').toString();
         if (script === 'die') process.exit(1);
         if (script === 'throw') return console.log('half an answer\\n' + ${JSON.stringify(marker)} + 'failed');
         console.log(script.toUpperCase() + '  \\nü\\n' + ${JSON.stringify(marker)} + 'ok');
       });`,
    ]);

  test('answers one after another, says when a script failed, and comes back after it died', async () => {
    let started = 0;
    const shell = openPowerShell((marker) => {
      started += 1;
      return stand(marker);
    });
    open.push(shell);
    const lost = fail('medium-unsupported', { reason: 'powershell' });
    expect(await Promise.all(['a', 'throw', 'b'].map((script) => shell.run(script)))).toEqual([
      ok('A\nü'),
      lost,
      ok('B\nü'),
    ]);
    expect(started).toBe(1);
    expect(await shell.run('die')).toEqual(lost);
    expect(await shell.run('c')).toEqual(ok('C\nü'));
    expect(started).toBe(2);
  });
});

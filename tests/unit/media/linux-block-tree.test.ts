import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { readBlockTree } from '../../../native/drivers/media/linux-block-tree.ts';
import { slotLabel } from '../../../native/drivers/media/slot-label.ts';
import { refusalsOf } from '../../../native/drivers/media/slot-rule.ts';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

/** A /sys, /proc and udev database laid out as the kernel does, in a folder of the test's own. */
function kernel() {
  const root = mkdtempSync(join(tmpdir(), 'cardwright-sys-'));
  roots.push(root);
  const put = (path: string, content: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${content}\n`);
  };
  const link = (path: string, target: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    symlinkSync(relative(dirname(join(root, path)), join(root, target)), join(root, path));
  };
  const mountLines: string[] = [];
  return {
    root,
    put,
    link,
    block(name: string, at: string, majorMinor: string, facts: Record<string, string>, udev = '') {
      for (const [file, content] of Object.entries(facts)) put(`${at}/${file}`, content);
      put(`${at}/dev`, majorMinor);
      if (facts.partition === undefined) link(`sys/block/${name}`, at);
      link(`sys/dev/block/${majorMinor}`, at);
      put(`dev/${name}`, '');
      if (udev !== '') put(`run/udev/data/b${majorMinor}`, udev);
    },
    mount(majorMinor: string, mountPoint: string, fileSystem: string, source: string, options = 'rw') {
      mountLines.push(`36 35 ${majorMinor} / ${mountPoint} rw shared:1 - ${fileSystem} ${source} ${options}`);
      put('proc/self/mountinfo', mountLines.join('\n'));
    },
  };
}

const usbPath = 'sys/devices/pci0000:00/0000:00:14.0/usb1/1-2';
const offered = (tree: ReturnType<typeof readBlockTree>) =>
  tree.disks.filter((disk) => refusalsOf(disk, tree.facts).length === 0).map((disk) => disk.name);

describe('reading the kernel’s block tree', () => {
  test('a reader with a FAT card, its serial from the USB parent, its mount with a space in the name', () => {
    const k = kernel();
    k.put(`${usbPath}/idVendor`, '0bda');
    k.put(`${usbPath}/serial`, '2010020139');
    const disk = `${usbPath}/1-2:1.0/host6/target6:0:0/6:0:0:0/block/sdb`;
    k.block('sdb', disk, '8:16', {
      size: '62333952',
      removable: '1',
      ro: '0',
      'queue/rotational': '1',
      'device/vendor': 'Generic',
      'device/model': 'SD/MMC',
    });
    k.block(
      'sdb1',
      `${disk}/sdb1`,
      '8:17',
      { size: '62325760', partition: '1', ro: '0' },
      'E:ID_FS_TYPE=vfat\nE:ID_FS_UUID=1234-ABCD',
    );
    k.block('vda', 'sys/devices/virtio0/block/vda', '254:0', {
      size: '1000000',
      removable: '0',
      'device/vendor': '0x1af4',
    });
    k.mount('254:0', '/', 'ext4', '/dev/vda');
    k.mount('8:17', '/media/li/MY\\040CARD', 'vfat', '/dev/sdb1');
    const tree = readBlockTree(k.root);
    expect(tree.disks.find((one) => one.name === 'sdb')).toMatchObject({
      bus: 'usb',
      serial: '2010020139',
      sizeBytes: 62_333_952 * 512,
      model: 'SD/MMC',
      children: [
        { name: 'sdb1', signature: 'vfat', volumeId: '1234-ABCD', mountPoints: ['/media/li/MY CARD'] },
      ],
    });
    expect([...tree.facts.systemDevices]).toEqual(['vda']);
    expect(offered(tree)).toEqual(['sdb']);
  });

  test('a reader with two slots: one port, a logical unit for each, called by the reader’s own name', () => {
    const k = kernel();
    k.put(`${usbPath}/idVendor`, '0bda');
    for (const [lun, name] of ['sdb', 'sdc'].entries())
      k.block(
        name,
        `${usbPath}/1-2:1.0/host6/target6:0:0/6:0:0:${lun.toString()}/block/${name}`,
        `8:${(16 * (lun + 1)).toString()}`,
        {
          size: lun === 0 ? '62333952' : '0',
          removable: '1',
          'device/vendor': 'Generic',
          'device/model': 'X',
        },
      );
    const { disks } = readBlockTree(k.root);
    expect(disks.map(({ usbPort, usbSlot }) => [usbPort, usbSlot])).toEqual([
      ['1-2', 0],
      ['1-2', 1],
    ]);
    const readers = [{ port: '1-2', vendor: 'Acme', product: 'Twin', serial: '7' }];
    expect(disks.map((disk) => slotLabel(disk, disks, readers))).toEqual(['Acme Twin (1)', 'Acme Twin (2)']);
    // Without the word of USB the disk level's has to do.
    expect(disks.map((disk) => slotLabel(disk, [disk], []))).toEqual(['Generic X', 'Generic X']);
  });

  test('a native slot with its CID; an eMMC, its boot areas and an empty reader beside it', () => {
    const k = kernel();
    const sd = 'sys/devices/platform/mmc0/mmc0:aaaa';
    k.block('mmcblk0', `${sd}/block/mmcblk0`, '179:0', { size: '31116288', removable: '0', ro: '0' });
    for (const [file, content] of [
      ['type', 'SD'],
      ['cid', '275048534433324760123456780113a7'],
      ['serial', '0x12345678'],
      ['name', 'SD32G'],
    ] as const)
      k.put(`${sd}/${file}`, content);
    k.link(`${sd}/block/mmcblk0/device`, sd);
    const emmc = 'sys/devices/platform/mmc1/mmc1:0001';
    k.block('mmcblk1', `${emmc}/block/mmcblk1`, '179:32', { size: '61071360', removable: '0', ro: '0' });
    k.put(`${emmc}/type`, 'MMC');
    k.link(`${emmc}/block/mmcblk1/device`, emmc);
    k.block('mmcblk1boot0', `${emmc}/block/mmcblk1boot0`, '179:64', {
      size: '8192',
      removable: '0',
      ro: '1',
    });
    k.block('sdc', `${usbPath}/1-2:1.0/host7/target7:0:0/7:0:0:0/block/sdc`, '8:32', {
      size: '0',
      removable: '1',
      'device/vendor': 'Generic',
    });
    k.block('vda', 'sys/devices/virtio0/block/vda', '254:0', {
      size: '1000000',
      removable: '0',
      'device/vendor': 'x',
    });
    k.mount('254:0', '/', 'ext4', '/dev/vda');
    const tree = readBlockTree(k.root);
    expect(tree.disks.find((one) => one.name === 'mmcblk0')).toMatchObject({
      mmcType: 'SD',
      cid: '275048534433324760123456780113a7',
      serial: '0x12345678',
    });
    expect(offered(tree)).toEqual(['mmcblk0', 'sdc']);
  });

  test('a USB disk whose LUKS partition carries the root through LVM is the system disk', () => {
    const k = kernel();
    const disk = `${usbPath}/1-2:1.0/host6/target6:0:0/6:0:0:0/block/sda`;
    k.block('sda', disk, '8:0', { size: '62333952', removable: '1', 'device/vendor': 'USB' });
    k.block('sda1', `${disk}/sda1`, '8:1', { size: '62325760', partition: '1' });
    k.block('dm-0', 'sys/devices/virtual/block/dm-0', '253:0', { size: '62325000' });
    k.block('dm-1', 'sys/devices/virtual/block/dm-1', '253:1', { size: '62324000' });
    k.link(`${disk}/sda1/holders/dm-0`, 'sys/devices/virtual/block/dm-0');
    k.link('sys/devices/virtual/block/dm-0/holders/dm-1', 'sys/devices/virtual/block/dm-1');
    k.mount('253:1', '/', 'ext4', '/dev/mapper/vg-root');
    const tree = readBlockTree(k.root);
    const [sda] = tree.disks;
    expect(tree.disks.map((one) => one.name)).toEqual(['sda']);
    expect(sda && refusalsOf(sda, tree.facts)).toContain('system-disk');
  });

  test('a btrfs root has no device number of its own: its source is followed', () => {
    const k = kernel();
    const disk = `${usbPath}/1-2:1.0/host6/target6:0:0/6:0:0:0/block/sda`;
    k.block('sda', disk, '8:0', { size: '62333952', removable: '1', 'device/vendor': 'USB' });
    k.block('sda2', `${disk}/sda2`, '8:2', { size: '62325760', partition: '2' });
    k.mount('0:31', '/', 'btrfs', '/dev/sda2', 'rw,subvol=/@');
    const tree = readBlockTree(k.root);
    expect([...tree.facts.systemDevices]).toEqual(['sda2']);
    expect(offered(tree)).toEqual([]);
  });

  test('a live system: the overlay’s lower folder and the loop’s image lead to the stick', () => {
    const k = kernel();
    const disk = `${usbPath}/1-2:1.0/host6/target6:0:0/6:0:0:0/block/sda`;
    k.block('sda', disk, '8:0', { size: '62333952', removable: '1', 'device/vendor': 'USB' });
    k.block('sda1', `${disk}/sda1`, '8:1', { size: '62325760', partition: '1' }, 'E:ID_FS_TYPE=vfat');
    k.block('loop0', 'sys/devices/virtual/block/loop0', '7:0', {
      size: '4000000',
      'loop/backing_file': '/media/stick/live/filesystem.squashfs',
    });
    k.mount('8:1', '/media/stick', 'vfat', '/dev/sda1');
    k.mount('7:0', '/lower', 'squashfs', '/dev/loop0');
    k.mount('0:40', '/', 'overlay', 'overlay', 'rw,lowerdir=/lower/root,upperdir=/lower/up');
    const tree = readBlockTree(k.root);
    expect([...tree.facts.systemDevices].sort()).toEqual(['loop0', 'sda1']);
    expect(offered(tree)).toEqual([]);
  });

  test('this very machine: the disk it runs from is never offered, and reading harms nothing', () => {
    const tree = readBlockTree();
    for (const disk of tree.disks) {
      const carriesRoot = JSON.stringify(disk).includes('"mountPoints":["/"');
      if (carriesRoot) expect(refusalsOf(disk, tree.facts)).toContain('system-disk');
    }
  });
});

import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { LabOptions, Qmp } from './lab.ts';

/** An image with one FAT file system on it, as a shop sells it. The volume id is what a person would call its number. */
export function fatImage(
  folder: string,
  name: string,
  { mib = 64, volumeId = '1234ABCD', fillMib = 0, clusterSectors = 1 } = {},
): string {
  const file = join(folder, `${name}.img`);
  execFileSync('truncate', ['-s', `${mib.toString()}M`, file]);
  execFileSync('mkfs.vfat', ['-F', '32', '-s', clusterSectors.toString(), '-i', volumeId, file], {
    stdio: 'ignore',
  });
  if (fillMib > 0) {
    const filling = join(folder, 'filling');
    execFileSync('truncate', ['-s', `${fillMib.toString()}M`, filling]);
    execFileSync('mcopy', ['-i', file, filling, '::HOLIDAY.MOV']);
  }
  return file;
}

/** Nothing on it, and no room taken before something is. */
export function blankImage(folder: string, name: string, mib: number): string {
  const file = join(folder, `${name}.img`);
  execFileSync('truncate', ['-s', `${mib.toString()}M`, file]);
  return file;
}

/** Without a partition table, as large cards come. */
export function exfatImage(
  folder: string,
  name: string,
  { mib = 64, volumeId = '1234ABCD', clusterBytes = 4096 } = {},
): string {
  const file = join(folder, `${name}.img`);
  execFileSync('truncate', ['-s', `${mib.toString()}M`, file]);
  execFileSync('mkfs.exfat', ['-c', clusterBytes.toString(), file], { stdio: 'ignore' });
  execFileSync('tune.exfat', ['-I', `0x${volumeId}`, file], { stdio: 'ignore' });
  return file;
}

/** One partition from the first mebibyte on, of type FAT32 (0c), as cameras and computers format. */
export function partitionedImage(
  folder: string,
  name: string,
  { mib = 64, volumeId = '1234ABCD' } = {},
): string {
  const file = join(folder, `${name}.img`);
  const sectors = (mib - 1) * 2048;
  execFileSync('truncate', ['-s', `${mib.toString()}M`, file]);
  execFileSync(
    'mkfs.vfat',
    ['-F', '32', '-s', '1', '--offset', '2048', '-i', volumeId, file, (sectors / 2).toString()],
    { stdio: 'ignore' },
  );
  const entry = Buffer.alloc(16);
  entry[4] = 0x0c;
  entry.writeUInt32LE(2048, 8);
  entry.writeUInt32LE(sectors, 12);
  const table = Buffer.concat([entry, Buffer.alloc(48), Buffer.from([0x55, 0xaa])]);
  const image = openSync(file, 'r+');
  writeSync(image, table, 0, table.length, 446);
  closeSync(image);
  return file;
}

export const usbBus = ['-device', 'qemu-xhci,id=xhci'] as const;

/** A medium behind a name that QMP knows. */
export const blockNode = (name: string, file: string, more = ''): readonly string[] => [
  '-blockdev',
  `driver=raw,node-name=${name},file.driver=file,file.filename=${file}${more}`,
];

/** A medium on which writes to one place fail, as a worn card does. */
export const badSectorNode = (name: string, file: string, sector: number): readonly string[] => [
  '-blockdev',
  JSON.stringify({
    driver: 'blkdebug',
    'node-name': name,
    image: { driver: 'file', filename: file },
    'inject-error': [{ event: 'none', iotype: 'write', sector, errno: 5, once: false }],
  }),
];

/** A card that takes and gives only so many bytes in a second. */
export const slowNode = (
  name: string,
  file: string,
  { write, read }: { readonly write: number; readonly read: number },
): readonly string[] => [
  '-object',
  JSON.stringify({
    'qom-type': 'throttle-group',
    id: `${name}-speed`,
    limits: { 'bps-write': write, 'bps-read': read },
  }),
  '-blockdev',
  JSON.stringify({
    driver: 'throttle',
    'node-name': name,
    'throttle-group': `${name}-speed`,
    file: { driver: 'raw', file: { driver: 'file', filename: file } },
  }),
];

/** One reader on USB with a slot for each node: logical units of one device, which share its serial number. */
export const severalSlots = (nodes: readonly string[], serial: string): readonly string[] => [
  '-device',
  JSON.stringify({ driver: 'usb-bot', bus: 'xhci.0', port: '2', id: 'reader', serial }),
  ...nodes.flatMap((node, lun) => [
    '-device',
    JSON.stringify({
      driver: 'scsi-hd',
      bus: 'reader.0',
      'scsi-id': 0,
      lun,
      id: `slot-${lun.toString()}`,
      drive: node,
      removable: true,
    }),
  ]),
];

/**
 * A card out of one slot of a reader that stays plugged in, and into it again. QEMU’s slots have a tray, and
 * only its first one says that it is empty; the others say that they do not exist.
 */
export const firstSlot = (
  qmp: Qmp,
  node: string,
): { eject: () => Promise<unknown>; insert: () => Promise<unknown> } => {
  const id = 'slot-0';
  return {
    async eject() {
      await qmp('blockdev-open-tray', { id, force: true });
      await qmp('blockdev-remove-medium', { id });
    },
    async insert() {
      await qmp('blockdev-insert-medium', { id, 'node-name': node });
      await qmp('blockdev-close-tray', { id });
    },
  };
};

const stick = (node: string, serial: string) => ({
  driver: 'usb-storage',
  bus: 'xhci.0',
  port: '1',
  id: 'stick',
  drive: node,
  removable: true,
  serial,
});

/** A USB reader with its card in, on port 1. */
export const usbStick = (node: string, serial: string): readonly string[] => [
  '-device',
  JSON.stringify(stick(node, serial)),
];

/** A native slot with an SD card in. */
export const nativeSlot = (node: string): readonly string[] => [
  '-device',
  'sdhci-pci,id=sdhci',
  '-device',
  `sd-card,id=sd,drive=${node}`,
];

/** Another reader with a card in it. */
export const plugIn = (qmp: Qmp, { node, port }: { node: string; port: string }): Promise<unknown> =>
  qmp('device_add', { ...stick(node, 'LATE0001'), id: `stick-${port}`, port });

type Hands = ReturnType<NonNullable<LabOptions['hands']>>;

/** Pulls the reader out without a word, and puts one in, which may hold another medium. */
export const reader = (qmp: Qmp): Hands => ({
  unplug: () => qmp('device_del', { id: 'stick' }),
  plug: ({ node = 'stick', serial = 'LAB0001' }) =>
    qmp('device_add', stick(node as string, serial as string)),
});

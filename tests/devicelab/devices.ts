import { execFileSync } from 'node:child_process';
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

type Hands = ReturnType<NonNullable<LabOptions['hands']>>;

/** Pulls the reader out without a word, and puts one in, which may hold another medium. */
export const reader = (qmp: Qmp): Hands => ({
  unplug: () => qmp('device_del', { id: 'stick' }),
  plug: ({ node = 'stick', serial = 'LAB0001' }) =>
    qmp('device_add', stick(node as string, serial as string)),
});

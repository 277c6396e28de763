/** How a disk is attached. `mmc` is a native slot or a soldered eMMC: `mmcType` tells which. */
export type Bus = 'usb' | 'mmc' | 'ata' | 'nvme' | 'virtio' | 'other';

/** One block device with everything that stands on it: partitions, and what device mapper or RAID builds of them. */
export interface BlockDevice {
  /** Kernel name: sda, sda1, mmcblk0, dm-0, md127. Names a place at one time, never a medium. */
  readonly name: string;
  readonly kind: 'disk' | 'partition' | 'mapper' | 'raid' | 'loop' | 'memory' | 'optical' | 'other';
  readonly sizeBytes: number;
  readonly readOnly: boolean;
  /** As the kernel says; wrong for native SD slots (mmcblk has 0) and for some USB disks. */
  readonly removable: boolean;
  readonly bus: Bus;
  readonly mmcType: 'SD' | 'MMC' | undefined;
  readonly rotational: boolean;
  readonly vendor: string;
  readonly model: string;
  /** Of the reader or disk: the USB parent's serial, or the disk's own. */
  readonly serial: string;
  /** Where the reader is plugged in, as the kernel names it: 1-2.3. */
  readonly usbPort?: string | undefined;
  /** Which of the reader's slots, from 0. */
  readonly usbSlot?: number | undefined;
  /** Card identification register, 32 hex digits; native slots only. */
  readonly cid: string | undefined;
  /** The kernel's count of media (diskseq, since Linux 5.15): another number is another insertion, also without an unplugged reader. */
  readonly sequence: number;
  /** What is found at its beginning (udev's ID_FS_TYPE): vfat, exfat, ext4, crypto_LUKS, LVM2_member, swap… */
  readonly signature: string | undefined;
  readonly volumeId: string | undefined;
  readonly mountPoints: readonly string[];
  readonly swapActive: boolean;
  /** What stands directly on this device. A RAID or a volume group stands on several. */
  readonly children: readonly BlockDevice[];
}

/** The device and all that stands on it, each once, however many ways lead there. */
export function wholeTree(device: BlockDevice): readonly BlockDevice[] {
  const seen = new Map<string, BlockDevice>();
  const visit = (one: BlockDevice) => {
    if (seen.has(one.name)) return;
    seen.set(one.name, one);
    one.children.forEach(visit);
  };
  visit(device);
  return [...seen.values()];
}

/** The device of the disk that carries its file system: the disk itself or its one partition. */
export function volumeOf(disk: BlockDevice): BlockDevice | undefined {
  return wholeTree(disk).find((device) => device.signature === 'vfat' || device.signature === 'exfat');
}

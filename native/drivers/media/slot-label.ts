import type { UsbDevice } from '../usb/watch-usb.ts';
import type { BlockDevice } from './block-tree.ts';

/**
 * What a person calls a slot: the reader by its own name, where USB tells it (the disk level often says
 * "Generic STORAGE DEVICE" for all of them), and which slot, where the reader has several.
 */
export function slotLabel(
  disk: BlockDevice,
  all: readonly BlockDevice[],
  readers: readonly UsbDevice[],
): string {
  if (disk.bus === 'mmc') return `SD slot ${disk.name.replace(/\D/g, '')}`;
  const reader = disk.usbPort === undefined ? undefined : readers.find(({ port }) => port === disk.usbPort);
  const named = `${reader?.vendor ?? ''} ${reader?.product ?? ''}`.trim();
  const name = named || `${disk.vendor} ${disk.model}`.trim() || disk.name;
  const slots = all.filter(({ usbPort }) => usbPort !== undefined && usbPort === disk.usbPort);
  return slots.length > 1 ? `${name} (${((disk.usbSlot ?? 0) + 1).toString()})` : name;
}

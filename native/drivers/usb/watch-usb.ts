import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What is plugged into USB, as it says of itself. */
export interface UsbDevice {
  /** Where: bus and the ports on the way, as the kernel names it: 1-2, 1-2.3. */
  readonly port: string;
  readonly vendor: string;
  readonly product: string;
  readonly serial: string;
}

export interface UsbWatch {
  devices(): readonly UsbDevice[];
  /** Called after something was plugged in or pulled out, when `devices` knows it. */
  onChange(listener: () => void): () => void;
  stop(): void;
}

export interface WatchUsbOptions {
  /** '/' but in tests. */
  readonly root?: string;
  readonly platform?: NodeJS.Platform;
  readonly load?: () => Promise<UsbPackage>;
}

/** As much of the package `usb` as is used. */
export interface UsbPackage {
  readonly usb: {
    getDevices(): Promise<readonly PackageDevice[]>;
    addEventListener(type: 'connect' | 'disconnect', listener: () => void): void;
    removeEventListener(type: 'connect' | 'disconnect', listener: () => void): void;
  };
}

interface PackageDevice {
  readonly bus: string;
  readonly ports: readonly number[];
  readonly manufacturerName?: string | null | undefined;
  readonly productName?: string | null | undefined;
  readonly serialNumber?: string | null | undefined;
}

/**
 * Follows what is plugged into USB with the package `usb`: names and serial numbers of readers, and the moment
 * one comes or goes (on Linux through udevd). It is a help and never needed: undefined where there is no USB,
 * and silent where the package cannot be loaded or asked. The package raises what nobody can catch when it is
 * told to listen on a machine without USB, so it is only told after it could list.
 */
export function watchUsb(options: WatchUsbOptions = {}): UsbWatch | undefined {
  const { root = '/', platform = process.platform, load = loadPackage } = options;
  if (platform === 'linux' && !existsSync(join(root, 'sys/bus/usb/devices'))) return undefined;
  const listeners = new Set<() => void>();
  let devices: readonly UsbDevice[] = [];
  let stopListening = (): void => undefined;
  let stopped = false;

  const list = async ({ usb }: UsbPackage): Promise<void> => {
    const found = await usb.getDevices();
    if (stopped) return;
    devices = found.map(deviceOf);
    for (const listener of listeners) listener();
  };

  const begin = async (): Promise<void> => {
    const loaded = await load();
    await list(loaded);
    if (stopped) return;
    const { usb } = loaded;
    const changed = () => void list(loaded).catch(() => undefined);
    usb.addEventListener('connect', changed);
    usb.addEventListener('disconnect', changed);
    stopListening = () => {
      usb.removeEventListener('connect', changed);
      usb.removeEventListener('disconnect', changed);
    };
  };
  // The kernel's own tree, read every second, tells all that is needed.
  begin().catch(() => undefined);

  return {
    devices: () => devices,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      stopped = true;
      listeners.clear();
      stopListening();
    },
  };
}

/** Buses are numbers on Linux ("003"), names elsewhere. */
const deviceOf = (found: PackageDevice): UsbDevice => {
  const bus = /^\d+$/.test(found.bus) ? Number(found.bus).toString() : found.bus;
  return {
    port: `${bus}-${found.ports.join('.')}`,
    vendor: found.manufacturerName?.trim() ?? '',
    product: found.productName?.trim() ?? '',
    serial: found.serialNumber?.trim() ?? '',
  };
};

const loadPackage = async (): Promise<UsbPackage> => {
  const { usb } = await import('usb');
  return { usb };
};

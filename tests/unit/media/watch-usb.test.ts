import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { watchUsb, type UsbPackage } from '../../../native/drivers/usb/watch-usb.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cardwright-usb-'));
  mkdirSync(join(root, 'sys/bus/usb/devices'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The package, played: what is plugged in, and hands. */
function played() {
  const asked: string[] = [];
  const listeners = new Map<string, () => void>();
  const devices: Awaited<ReturnType<UsbPackage['usb']['getDevices']>>[number][] = [];
  const usb: UsbPackage['usb'] = {
    getDevices: () => {
      asked.push('list');
      return Promise.resolve([...devices]);
    },
    addEventListener(type, listener) {
      asked.push(`listen ${type}`);
      listeners.set(type, listener);
    },
    removeEventListener(type) {
      asked.push(`stop ${type}`);
      listeners.delete(type);
    },
  };
  return {
    asked,
    devices,
    usb,
    load: () => Promise.resolve({ usb }),
    hand: (type: string) => listeners.get(type)?.(),
  };
}

describe('what is plugged into USB', () => {
  test('is listed with names and serial, and followed', async () => {
    const { devices, load, hand, asked } = played();
    devices.push({
      bus: '003',
      ports: [1, 4],
      manufacturerName: 'Acme ',
      productName: 'Reader',
      serialNumber: null,
    });
    const watch = watchUsb({ root, platform: 'linux', load });
    let told = 0;
    watch?.onChange(() => (told += 1));
    await soon();
    expect(watch?.devices()).toEqual([{ port: '3-1.4', vendor: 'Acme', product: 'Reader', serial: '' }]);
    devices.pop();
    hand('disconnect');
    await soon();
    expect(watch?.devices()).toEqual([]);
    expect(told).toBe(2);
    watch?.stop();
    expect(asked).toEqual([
      'list',
      'listen connect',
      'listen disconnect',
      'list',
      'stop connect',
      'stop disconnect',
    ]);
  });

  test('a machine without USB is not asked at all: the package would raise what nobody can catch', () => {
    rmSync(join(root, 'sys'), { recursive: true });
    const load = () => Promise.reject(new Error('must not be loaded'));
    expect(watchUsb({ root, platform: 'linux', load })).toBeUndefined();
  });

  test.each([
    ['cannot be loaded', () => Promise.reject(new Error('no binding'))],
    [
      'cannot list',
      () => {
        const { usb } = played();
        const broken = { ...usb, getDevices: () => Promise.reject(new Error('denied')) };
        return Promise.resolve({ usb: broken });
      },
    ],
  ])('a package that %s is never told to listen, and nobody hears of it', async (_what, load) => {
    const watch = watchUsb({ root, platform: 'linux', load });
    await soon();
    await soon();
    expect(watch?.devices()).toEqual([]);
    watch?.stop();
  });
});

test('on this very machine it harms nothing', async () => {
  const watch = watchUsb();
  await new Promise((resolve) => setTimeout(resolve, 100));
  watch?.stop();
});

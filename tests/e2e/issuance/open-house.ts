import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChromium } from '../../../electron/chromium/chromium-browser.ts';
import type { Album } from '../../../electron/chromium/demonstration/album.ts';
import { handAt, type Hand } from '../../../electron/chromium/demonstration/hand.ts';
import { findChromium } from '../../../electron/chromium/find-chromium.ts';
import { launch, type House } from '../../../electron/launch/launch.ts';
import { openPages } from '../../../electron/launch/pages.ts';
import { root } from '../../harness/root.ts';

/** The whole product as `npm start` brings it up, in a browser without a window, with hands at both screens. */
export interface OpenHouse {
  readonly house: House;
  readonly teller: Hand;
  readonly customer: Hand;
  readonly folder: string;
  readonly caFile: string;
  close(): Promise<void>;
}

export async function openHouse(realDevices: boolean, outsideBank?: object): Promise<OpenHouse> {
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-e2e-'));
  if (outsideBank) {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data/bank.json'), JSON.stringify(outsideBank));
  }
  const size = { width: 1280, height: 800 };
  const program = findChromium();
  if (program === undefined) throw new Error('no Chromium');
  const browser = valueOf(
    await openChromium({ program, headless: true, size }, openPages(join(root, 'dist/renderer'))),
  );
  const house = valueOf(
    await launch({
      dataFolder: join(folder, 'data'),
      host: { kind: 'chromium', printToPdf: (html, file) => browser.printToPdf(html, file) },
      phoneClientFile: join(root, 'dist/phone-client/client.html'),
      resourcesFolder: join(root, 'resources'),
      version: 'test',
      realDevices,
      programs: {
        bank: new URL('../../../electron/bank-server/embedded.ts', import.meta.url),
        operator: new URL('../../../electron/operator-platform/program.ts', import.meta.url),
        devices: new URL('../../../native/drivers/device-process/program.ts', import.meta.url),
      },
      tell: () => {},
    }),
  );
  const handOf = async (seat: 'officer' | 'customer'): Promise<Hand> => {
    const window = valueOf(await browser.openWindow(seat));
    house.attach(window.port, seat);
    return handAt(window, size);
  };
  const teller = await handOf('officer');
  const customer = await handOf('customer');
  const caFile = join(folder, 'bank-ca.pem');
  const ownCa = join(house.folders.credentials, 'bank-ca.pem');
  if (existsSync(ownCa)) copyFileSync(ownCa, caFile);
  return {
    house,
    teller,
    customer,
    folder,
    caFile,
    async close() {
      await browser.close();
      await house.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** For a run that nobody pictures. */
export const noAlbum: Album = {
  taken: ['find-customer'],
  take: async () => {},
  takeOnce: async () => {},
};

export function valueOf<T>(result: { ok: true; value: T } | { ok: false; fault: object }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
}

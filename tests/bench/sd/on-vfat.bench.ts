import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blankImage, slowNode, usbBus, usbStick } from '../../devicelab/devices.ts';
import { runInLab } from '../../devicelab/lab.ts';
import { labUnavailable } from '../../devicelab/prepare.ts';
import { ratioOf, type Bench } from '../bench.ts';
import type { MeasuredOnVfat } from './on-vfat-scenario.ts';
import { cardSpeed, prepareContent } from './payload.ts';

const cardMib = 7_580;
const serial = 'BENCH001';

/**
 * The same three in the device lab's guest: real vfat, real usb-storage, a card slowed down by the emulated
 * reader. Its flushes are what counts here: each one is seen at the device. The processor is emulated too, some
 * twenty times slower than the card is, so the times say how much each of the three computes.
 */
export const bench: Bench = {
  name: 'sd-on-vfat',
  async run(form) {
    const reason = labUnavailable();
    if (reason !== undefined) return { kind: 'skipped', reason };
    const folder = mkdtempSync(join(tmpdir(), 'cardwright-bench-'));
    try {
      prepareContent(folder, `${serial}||${(cardMib * 1024 * 1024).toString()}|1234-ABCD`);
      const { ours, byHand, raw, flushes } = await runInLab<MeasuredOnVfat>({
        scenario: join(import.meta.dirname, 'on-vfat-scenario.ts'),
        devices: (labFolder) => [
          ...usbBus,
          ...slowNode('card', blankImage(labFolder, 'card', cardMib), cardSpeed),
          ...usbStick('card', serial),
        ],
        hands: () => ({
          work: () => Promise.resolve({ folder, rounds: form === 'short' ? 1 : 3 }),
        }),
        timeoutMs: 1_200_000,
      });
      return {
        kind: 'measured',
        conditions: [
          `vfat and usb-storage of a real kernel, in a guest whose processor is emulated`,
          `a card of 8 GB: ${(cardSpeed.write / 1e6).toString()} MB/s written, ${(cardSpeed.read / 1e6).toString()} MB/s read`,
          `to mkfs.vfat + mcopy + …: ${ratioOf(ours, byHand).toFixed(2)}; to raw: ${ratioOf(ours, raw).toFixed(2)}`,
        ],
        rows: [
          { what: 'write all files + cold verify', unit: 'ms', samples: ours },
          { what: 'mkfs.vfat + mcopy + fsync + mcopy back + sha256', unit: 'ms', samples: byHand },
          { what: 'raw sequential write + cold read', unit: 'ms', samples: raw },
          { what: 'flushes at the device', unit: 'times', samples: flushes },
        ],
        bounds: [{ what: 'flushes at the device', value: Math.max(...flushes), atMost: 5 }],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

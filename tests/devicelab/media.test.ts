import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MediaSlotState } from '../../native/drivers/media-driver.ts';
import { badSectorNode, blockNode, fatImage, nativeSlot, reader, usbBus, usbStick } from './devices.ts';
import { runInLab } from './lab.ts';
import { labUnavailable } from './prepare.ts';
import type { BadMedia } from './scenarios/bad-media.ts';
import type { Removal } from './scenarios/surprise-removal.ts';

const reason = labUnavailable();
const title = `SD slots with real kernel drivers${reason === undefined ? '' : ` (skipped: ${reason})`}`;
const scenario = (name: string) => join(import.meta.dirname, 'scenarios', `${name}.ts`);

const isLong = process.env.CARDWRIGHT_LAB === 'long';
/** After so many milliseconds of writing the reader is pulled. The long form also pulls between them, twice as long. */
const moments = isLong
  ? Array.from({ length: 60 }, (_one, number) => 10 + number * 61)
  : [10, 120, 250, 400, 600, 900, 1300, 1800];

describe.skipIf(reason !== undefined)(title, () => {
  test('a USB reader and a native slot are found, with what tells their media apart', async () => {
    const { slots } = await runInLab<{ slots: readonly MediaSlotState[] }>({
      scenario: scenario('list-slots'),
      devices: (folder) => [
        ...usbBus,
        ...blockNode('stick', fatImage(folder, 'stick')),
        ...usbStick('stick', 'LAB0001'),
        ...blockNode('sd', fatImage(folder, 'sd', { volumeId: '5678ABCD' })),
        ...nativeSlot('sd'),
      ],
    });
    expect(slots).toMatchObject([
      {
        slot: 'mmcblk0',
        medium: { identity: { cid: 'aa585951454d552101deadbeef006200', serial: 'deadbeef' }, refusals: [] },
      },
      {
        slot: 'sda',
        medium: { identity: { text: 'LAB0001||67108864|1234-ABCD' }, fileSystem: 'fat32', refusals: [] },
      },
    ]);
  });

  test('pulled at any moment: nothing acknowledged is damaged, and the file system is clean after the usual repair', async () => {
    const removals = await runInLab<readonly Removal[]>({
      scenario: scenario('surprise-removal'),
      devices: (folder) => [
        ...usbBus,
        ...blockNode('stick', fatImage(folder, 'stick')),
        ...usbStick('stick', 'LAB0001'),
      ],
      hands: (qmp) => ({ ...reader(qmp), moments: () => Promise.resolve(moments) }),
      timeoutMs: isLong ? 1_700_000 : 280_000,
    });
    expect(removals).toHaveLength(moments.length);
    for (const removal of removals)
      expect(removal).toMatchObject({ damaged: [], fault: 'medium-removed', fsckClean: true });
    expect(Math.max(...removals.map((removal) => removal.acknowledged))).toBeGreaterThan(3);
  }, 1_800_000);

  test('write-protected, full, worn and swapped media each end with their own fault, and stay ended', async () => {
    const seen = await runInLab<BadMedia>({
      scenario: scenario('bad-media'),
      devices: (folder) => [
        ...usbBus,
        ...blockNode('locked', fatImage(folder, 'locked'), ',read-only=on'),
        ...blockNode('full', fatImage(folder, 'full', { fillMib: 61 })),
        ...badSectorNode('bad', fatImage(folder, 'bad'), 16_000),
        ...blockNode('twin-a', fatImage(folder, 'twin-a')),
        ...blockNode('twin-b', fatImage(folder, 'twin-b')),
      ],
      hands: reader,
    });
    expect(seen).toEqual({
      writeProtected: { shown: true, fault: 'medium-write-protected' },
      full: 'medium-full',
      badSector: { fault: 'medium-io-error', afterwards: 'medium-io-error' },
      keptMounted: { first: 'read', whileKept: 'medium-read-not-cold', afterwards: 'read' },
      twin: { sameIdentity: true, fault: 'medium-removed' },
    });
  });
});

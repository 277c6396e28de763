import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  badSectorNode,
  blockNode,
  exfatImage,
  fatImage,
  firstSlot,
  nativeSlot,
  partitionedImage,
  plugIn,
  reader,
  severalSlots,
  slowNode,
  usbBus,
  usbStick,
} from './devices.ts';
import { runInLab } from './lab.ts';
import { labUnavailable } from './prepare.ts';
import type { BadMedia } from './scenarios/bad-media.ts';
import type { ListedSlots } from './scenarios/list-slots.ts';
import type { Removal } from './scenarios/surprise-removal.ts';

const reason = labUnavailable();
const title = `SD slots with real kernel drivers${reason === undefined ? '' : ` (skipped: ${reason})`}`;
const scenario = (name: string) => join(import.meta.dirname, 'scenarios', `${name}.ts`);

const isLong = process.env.CARDWRIGHT_LAB === 'long';
/** After so many milliseconds of writing the reader is pulled. The long form also pulls between them, twice as long. */
const moments = isLong
  ? Array.from({ length: 60 }, (_one, number) => 10 + number * 61)
  : [10, 250, 600, 1300, 1800];

describe.skipIf(reason !== undefined)(title, () => {
  test('readers with one slot, with several, and a native slot are found, with what tells their media apart', async () => {
    const { slots, plugged, exfat, writer, emptied } = await runInLab<ListedSlots>({
      scenario: scenario('list-slots'),
      devices: (folder) => [
        ...usbBus,
        ...blockNode('stick', fatImage(folder, 'stick')),
        ...usbStick('stick', 'LAB0001'),
        ...blockNode('sd', fatImage(folder, 'sd', { volumeId: '5678ABCD' })),
        ...nativeSlot('sd'),
        ...blockNode('large', exfatImage(folder, 'large')),
        ...blockNode('camera', partitionedImage(folder, 'camera', { volumeId: '9999ABCD' })),
        ...severalSlots(['single', 'large', 'camera'], 'READER7'),
        ...blockNode('late', fatImage(folder, 'late', { volumeId: '7777ABCD' })),
        ...blockNode('single', fatImage(folder, 'single', { volumeId: '8888ABCD' })),
      ],
      hands: (qmp) => ({
        plug: () => plugIn(qmp, { node: 'late', port: '3' }),
        ...firstSlot(qmp, 'single'),
      }),
      timeoutMs: 400_000,
    });
    const byLabel = new Map(slots.map((slot) => [slot.label, slot.medium]));
    // Names as USB gives them; the kernel's disk names come in any order.
    expect([...byLabel.keys()].toSorted()).toEqual([
      'QEMU QEMU USB HARDDRIVE',
      'QEMU QEMU USB HARDDRIVE (1)',
      'QEMU QEMU USB HARDDRIVE (2)',
      'QEMU QEMU USB HARDDRIVE (3)',
      'SD slot 0',
    ]);
    expect(byLabel.get('SD slot 0')).toMatchObject({
      identity: { cid: 'aa585951454d552101deadbeef006200', serial: 'deadbeef' },
      refusals: [],
    });
    expect(byLabel.get('QEMU QEMU USB HARDDRIVE')).toMatchObject({
      identity: { text: 'LAB0001||67108864|1234-ABCD' },
      fileSystem: 'fat32',
      refusals: [],
    });
    expect(byLabel.get('QEMU QEMU USB HARDDRIVE (2)')).toMatchObject({
      identity: { text: expect.stringMatching(/^READER7\|\|67108864\|/) as string },
      fileSystem: 'exfat',
      refusals: [],
    });
    expect(byLabel.get('QEMU QEMU USB HARDDRIVE (3)')).toMatchObject({
      identity: { text: 'READER7||67108864|9999-ABCD' },
      fileSystem: 'fat32',
      refusals: [],
    });
    console.log({ plugged, exfat, writer, emptied });
    // A slot that is empty beside full ones stays a slot, and the card that comes into it is seen.
    expect(emptied).toEqual({
      ...{ identity: 'READER7||67108864|8888-ABCD', refusals: [] },
      ...{ slots: 5, full: 4, isNewInsertion: true },
    });
    expect(writer).toMatchObject({
      mountedAt: expect.stringMatching(/^\/run\/cardwright\/1000\/sd[a-z]$/) as string,
      ...{ ownerId: 1000, read: 'equal', cachesDropped: true, fsckClean: true },
    });
    expect(exfat).toMatchObject({ capacity: 'holds', read: 'equal', fsckClean: true });
    expect(exfat.mediumBytes).toBeGreaterThanOrEqual(320_000);
  }, 600_000);

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

  test('write-protected, full, worn, slow and swapped media each end as they should, and stay ended', async () => {
    const seen = await runInLab<BadMedia>({
      scenario: scenario('bad-media'),
      devices: (folder) => [
        ...usbBus,
        ...blockNode('locked', fatImage(folder, 'locked'), ',read-only=on'),
        ...blockNode('full', fatImage(folder, 'full', { fillMib: 61 })),
        ...badSectorNode('bad', fatImage(folder, 'bad'), 16_000),
        ...blockNode('twin-a', fatImage(folder, 'twin-a')),
        ...blockNode('twin-b', fatImage(folder, 'twin-b')),
        ...blockNode('seen', fatImage(folder, 'seen')),
        ...slowNode('slow', fatImage(folder, 'slow'), { write: 3_000_000, read: 3_000_000 }),
      ],
      hands: reader,
      timeoutMs: 400_000,
    });
    const { slow, ...rest } = seen;
    console.log({ slow });
    expect(rest).toEqual({
      writeProtected: { shown: true, fault: 'medium-write-protected' },
      full: 'medium-full',
      badSector: { fault: 'medium-io-error', afterwards: 'medium-io-error' },
      keptMounted: { first: 'read', whileKept: 'medium-read-not-cold', afterwards: 'read' },
      twin: { sameIdentity: true, fault: 'medium-removed' },
      lookedAt: { written: 'medium-write-protected', clean: true },
    });
    // 6 MB at 3 MB/s, as the kernel counts what the card has: told on the way, and never backwards.
    for (const { ms, doneBytes } of [slow.writing, slow.reading]) {
      expect(ms).toBeGreaterThan(1500);
      expect(doneBytes.length).toBeGreaterThan(3);
      expect(doneBytes).toEqual(doneBytes.toSorted((one, other) => one - other));
      expect(new Set(doneBytes).size).toBeGreaterThan(2);
    }
  }, 600_000);
});

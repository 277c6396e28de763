import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blockNode, fatImage, nativeSlot, reader, slowNode, usbBus } from './devices.ts';
import { runInLab } from './lab.ts';
import { labUnavailable } from './prepare.ts';
import type { IssuedCards, Order } from './scenarios/issue-sd.ts';

const reason = labUnavailable();
const title = `Issuing SD cards${reason === undefined ? '' : ` (skipped: ${reason})`}`;

/** By moment: during an operation, or between two. */
const goneFault = /(medium-removed|medium-unknown|no-medium)$/;

/** The long form also issues to a native slot and without anything going wrong, and pulls at more moments. */
const isLong = process.env.CARDWRIGHT_LAB === 'long';
const orders: readonly Order[] = [
  { slot: 'sd', node: 'first', serial: 'LAB0001', pullAt: 'write-user-info' },
  ...(isLong
    ? [
        { slot: 'mmcblk' },
        { slot: 'sd', node: 'second', serial: 'LAB0002' },
        { slot: 'sd', node: 'third', serial: 'LAB0003', pullAt: 'read-back' },
        { slot: 'sd', node: 'slow', serial: 'LAB0004' },
        { slot: 'sd', node: 'twin-a', serial: 'LAB0005', pullAt: 'reserve-card', swapFor: 'twin-b' },
      ]
    : []),
];

describe.skipIf(reason !== undefined)(title, () => {
  test('to a USB reader that is pulled on the way, and to a native slot', async () => {
    const { cards, ...times } = await runInLab<IssuedCards>({
      scenario: join(import.meta.dirname, 'scenarios/issue-sd.ts'),
      devices: (folder) => [
        ...usbBus,
        ...['first', 'second', 'third'].flatMap((name, number) =>
          blockNode(name, fatImage(folder, name, { volumeId: `${(number + 1).toString()}222ABCD` })),
        ),
        ...slowNode('slow', fatImage(folder, 'slow', { volumeId: '4222ABCD' }), {
          write: 3_000_000,
          read: 3_000_000,
        }),
        ...['twin-a', 'twin-b'].flatMap((name) =>
          blockNode(name, fatImage(folder, name, { volumeId: '5222ABCD' })),
        ),
        ...blockNode('sd', fatImage(folder, 'sd', { volumeId: '5678ABCD' })),
        ...nativeSlot('sd'),
      ],
      hands: (qmp) => ({ ...reader(qmp), orders: () => Promise.resolve(orders) }),
      timeoutMs: isLong ? 2_400_000 : 850_000,
    });
    console.log({ ...times, issuancesMs: cards.map(({ ms }) => ms) });
    expect(cards).toHaveLength(orders.length);
    for (const [number, card] of cards.entries()) {
      const { pullAt, swapFor } = orders[number] ?? {};
      if (swapFor !== undefined) {
        // Nothing was written to the one that came in the other's place, and the bank took the card back.
        expect(card).toMatchObject({ outcome: 'completed undone', fault: 'medium-swapped', files: [''] });
        expect(card.fsckClean).toBe(true);
        continue;
      }
      expect(card).toMatchObject({
        outcome: 'completed done',
        fault: pullAt === undefined ? 'none' : (expect.stringMatching(goneFault) as string),
        fsckClean: true,
        manifest: { ours: true, openssl: true },
      });
      expect(card.states.filter((state) => goneFault.test(state))).toHaveLength(pullAt === undefined ? 0 : 1);
      const names = card.files.map((file) => file.split('/').at(-1));
      expect(names.toSorted()).toEqual([
        'certificate.cer',
        'client.html',
        'directory.json',
        'index.html',
        'key.p8',
        'manifest.p7s',
        'user-info.p7m',
      ]);
    }
  }, 2_700_000);
});

import type { BankKeysPage } from '../../../electron/shared/contract/index.ts';
import type { BankKeyEvent } from '../../../electron/shared/domain/index.ts';
import { minutesAgo } from './fake-data.ts';

const day = 60 * 24;
const issuing = { first: '6b1f0c92d4a87e35', next: 'e04d77a1925bc816' };

/** Of a bank that has had one change-over of its master key and one roll-over of its CA, oldest first. */
export const bankKeyEvents: readonly BankKeyEvent[] = [
  {
    at: minutesAgo(day * 400),
    subject: 'issuing-key',
    kind: 'made',
    key: issuing.first,
    name: 'ca-1',
    officers: ['set-up'],
  },
  {
    at: minutesAgo(day * 400 - 1),
    subject: 'master-key',
    kind: 'made',
    key: '1',
    algorithm: 'aes-256',
    checkValue: '8B2F10',
    officers: ['set-up'],
  },
  ...(['abandoned', 'component-entered'] as const).flatMap((last, round): BankKeyEvent[] => [
    {
      at: minutesAgo(day * 61 - round * 60),
      subject: 'master-key',
      kind: 'component-entered',
      key: '2',
      algorithm: 'aes-256',
      checkValue: 'F3A90C',
      officers: ['A-1'],
    },
    ...(last === 'abandoned'
      ? [
          {
            at: minutesAgo(day * 61 - 20),
            subject: 'master-key' as const,
            kind: last,
            key: '2',
            officers: ['A-1'],
          },
        ]
      : []),
  ]),
  {
    at: minutesAgo(day * 61 - 90),
    subject: 'master-key',
    kind: 'entered',
    key: '2',
    algorithm: 'aes-256',
    checkValue: '27D4E8',
    officers: ['A-1', 'B-2'],
  },
  {
    at: minutesAgo(day * 58),
    subject: 'master-key',
    kind: 'activated',
    key: '2',
    checkValue: '27D4E8',
    before: '1',
    officers: ['C-3'],
  },
  {
    at: minutesAgo(day * 9),
    subject: 'issuing-key',
    kind: 'announced',
    key: issuing.next,
    name: 'ca-2',
    officers: ['M-1'],
  },
  {
    at: minutesAgo(day * 2),
    subject: 'issuing-key',
    kind: 'switched',
    key: issuing.next,
    before: issuing.first,
    officers: ['M-2'],
  },
];

/** Of a bank that has lived long, or was never at rest. */
export const manyBankKeyEvents: readonly BankKeyEvent[] = Array.from({ length: 120 }, (_, at) => ({
  at: minutesAgo((120 - at) * 60 * 24 * 30),
  subject: 'master-key',
  kind: 'component-entered',
  key: String(2 + Math.floor(at / 2)),
  algorithm: 'aes-256',
  checkValue: (0x100000 + at * 7919).toString(16).toUpperCase(),
  officers: [at % 2 === 0 ? 'A-1' : 'B-2'],
}));

/** As the station hands it over when all is well. */
export const bankKeysPage = (
  events: readonly BankKeyEvent[],
  more: Partial<BankKeysPage> = {},
): BankKeysPage => ({
  checkedAt: minutesAgo(0),
  size: events.length,
  signedAt: minutesAgo(day * 2),
  headHash: '5c03e1'.padEnd(64, '9d7b40f2'),
  seenBefore: { size: Math.max(1, events.length - 1), at: minutesAgo(day * 3) },
  events: events
    .map((event, index) => ({ number: index + 1, text: JSON.stringify(event), event }))
    .toReversed(),
  ...more,
});

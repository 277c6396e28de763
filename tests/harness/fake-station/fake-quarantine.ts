import type { QuarantinedCard, QuarantineRelease } from '../../../electron/shared/domain/index.ts';
import { minutesAgo } from './fake-data.ts';

export const pendingRelease: QuarantineRelease = {
  releaseId: '7d0a8b52-release',
  finding: 'as-recorded',
  reason: 'Reader 2 had a loose contact; the card answers well in reader 1',
  askedBy: 'zhaomin',
  askedAt: minutesAgo(9),
  stationId: 'ST-0101',
};

const keys = { managementKey: 'diversified', puk: 'diversified', channelKeys: 'diversified' } as const;

export const quarantinedCards: readonly QuarantinedCard[] = [
  {
    mediumIdentity: '02de43d9',
    serial: '48120793',
    since: minutesAgo(38),
    reason: 'management-key',
    stationId: 'ST-0101',
    keys,
    attempts: [
      { at: minutesAgo(41), what: 'management-key', version: 'diversified', answer: 'right' },
      { at: minutesAgo(38), what: 'management-key', version: 'diversified', answer: 'refused' },
    ],
    events: [
      { at: minutesAgo(2900), kind: 'prepared', stationId: 'ST-0101', officerId: 'zhaomin' },
      { at: minutesAgo(38), kind: 'quarantined', stationId: 'ST-0101', reason: 'management-key' },
    ],
  },
  {
    mediumIdentity: '0f3a5be27731904c0f3a5be27731904c',
    serial: '7731904c0f3a',
    since: minutesAgo(64),
    reason: 'channel-keys',
    stationId: 'ST-0102',
    keys: { ...keys, channelKeys: 'changing' },
    attempts: [{ at: minutesAgo(64), what: 'channel-keys', version: 'diversified', answer: 'refused' }],
    events: [
      { at: minutesAgo(64), kind: 'quarantined', stationId: 'ST-0102', reason: 'channel-keys' },
      {
        at: minutesAgo(9),
        kind: 'release-asked',
        stationId: 'ST-0101',
        officerId: 'zhaomin',
        finding: 'as-recorded',
        reason: pendingRelease.reason,
      },
    ],
    pending: pendingRelease,
  },
];

/** A station wanted to load what the bank does not supply. */
export const setAsideByContent: QuarantinedCard = {
  mediumIdentity: '02de44a1',
  serial: '48120807',
  since: minutesAgo(12),
  reason: 'applet-content',
  stationId: 'ST-0103',
  keys,
  attempts: [],
  events: [
    { at: minutesAgo(2900), kind: 'prepared', stationId: 'ST-0101', officerId: 'zhaomin' },
    {
      at: minutesAgo(14),
      kind: 'command-refused',
      stationId: 'ST-0103',
      reason: 'unknown-package f04357009901',
    },
    { at: minutesAgo(13), kind: 'command-refused', stationId: 'ST-0103', reason: '80f04080' },
    {
      at: minutesAgo(12),
      kind: 'command-refused',
      stationId: 'ST-0103',
      reason: 'other-content f04357000101',
    },
    { at: minutesAgo(12), kind: 'quarantined', stationId: 'ST-0103', reason: 'applet-content' },
  ],
};

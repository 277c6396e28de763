import { trainingOfficers } from '../../../electron/station/officers/training-officers.ts';
import { trainingCustomers } from '../../../electron/bank-server/training/training-customers.ts';
import type {
  AuditRecord,
  CardInspection,
  Connection,
  ReaderView,
  Receipt,
  StationDescription,
} from '../../../electron/shared/contract/index.ts';
import type { CardRecord, Customer, MediumKind } from '../../../electron/shared/domain/index.ts';

/** The moment everything in the fake station happens around. */
export const fakeNow = Date.parse('2026-03-12T06:32:10.000Z');
export const minutesAgo = (minutes: number): string => new Date(fakeNow - minutes * 60_000).toISOString();

export const connection: Connection = {
  bank: {
    state: 'connected',
    bankId: 'CWTB',
    name: '云桥培训银行',
    nameLatin: 'Cloudbridge Training Bank',
    clockOffsetMs: 420,
    checkedAt: minutesAgo(0),
  },
  certificate: {
    state: 'good',
    endsAt: '2026-12-04T02:00:00.000Z',
    renewsAt: '2026-07-24T18:00:00.000Z',
  },
  pcsc: 'running',
  devices: 'running',
};

export const offline: Connection = {
  ...connection,
  bank: { ...connection.bank, state: 'unreachable', fault: { code: 'bank-unreachable', data: {} } },
};

/** The station's certificate ends soon, and the bank gives it no next one. */
export const notRenewed: Connection = {
  ...connection,
  certificate: {
    state: 'due',
    endsAt: '2026-04-02T02:00:00.000Z',
    renewsAt: '2025-11-20T18:00:00.000Z',
    fault: { code: 'station-certificate-not-renewed', data: { reason: 'algorithm' } },
  },
};

export const ended: Connection = {
  ...connection,
  bank: {
    ...connection.bank,
    state: 'refused',
    fault: {
      code: 'station-certificate-ended',
      data: { endedOn: minutesAgo(9 * 1440).slice(0, 10), today: minutesAgo(0).slice(0, 10) },
    },
  },
  certificate: { state: 'ended', endsAt: minutesAgo(9 * 1440), renewsAt: minutesAgo(140 * 1440) },
};

export const description: StationDescription = {
  stationId: 'ST-0101',
  stationNumber: 'station-0101',
  branch: '朝阳支行',
  branchLatin: 'Chaoyang Branch',
  training: true,
  version: '0.1.0',
  host: 'chromium',
  connection,
  officerCards: 'optional',
  trainingOfficers: [...trainingOfficers],
};

export const customers: readonly Customer[] = trainingCustomers.map(
  ({ balances: _balances, ...customer }) => customer,
);
export const [firstCustomer] = customers as readonly [Customer, ...Customer[]];

export const simSerial = '25731904';
export const sdSerial = '3fa9c2e1';

export const readers = {
  card1: 'Training Reader 1',
  card2: 'Training Reader 2',
  slot1: 'Training SD Slot 1',
  slot2: 'Training SD Slot 2',
} as const;

const reader = (
  name: string,
  takes: ReaderView['takes'],
  medium?: ReaderView['medium'],
  leasedBy?: string,
): ReaderView => ({
  reader: name,
  label: name,
  takes,
  virtual: true,
  ...(medium && { medium }),
  ...(leasedBy !== undefined && { leasedBy }),
});

export const simMedium: NonNullable<ReaderView['medium']> = {
  insertion: 3,
  kind: 'sim',
  atr: '3b9f96801fc78031e073fe211b66d00190004b',
  serial: simSerial,
  refusals: [],
};
export const smartCardMedium: NonNullable<ReaderView['medium']> = {
  insertion: 2,
  kind: 'smart-card',
  atr: '3bf81300008131fe15597562696b657934d4',
  serial: '48120377',
  refusals: [],
};
export const sdMedium: NonNullable<ReaderView['medium']> = {
  insertion: 5,
  kind: 'sd-card',
  serial: sdSerial,
  sizeBytes: 31_914_983_424,
  freeBytes: 29_802_332_160,
  fileSystem: 'exFAT',
  writeProtected: false,
  refusals: [],
};

export const emptyReaders: readonly ReaderView[] = [
  reader(readers.card1, 'card'),
  reader(readers.card2, 'card'),
  reader(readers.slot1, 'sd-card'),
  reader(readers.slot2, 'sd-card'),
];

export const filledReaders: readonly ReaderView[] = [
  reader(readers.card1, 'card', simMedium),
  reader(readers.card2, 'card', {
    insertion: 1,
    kind: 'unknown',
    atr: '3b6500002063cb6800',
    refusals: [{ code: 'card-foreign', data: {} }],
  }),
  reader(readers.slot1, 'sd-card', sdMedium),
  reader(readers.slot2, 'sd-card', {
    ...sdMedium,
    serial: '77b0d1aa',
    writeProtected: true,
    refusals: [{ code: 'medium-write-protected', data: {} }],
  }),
];

/** A SIM whose customer failed to sign in too often. */
export const voidSimReaders: readonly ReaderView[] = filledReaders.map((view) =>
  view.reader === readers.card1
    ? {
        ...view,
        medium: { ...simMedium, reissue: { cardId: 'CW-7K3M-9QX2-01', reason: 'ten-failed-logins' } },
      }
    : view,
);

export const leased = (name: string, runId: string): readonly ReaderView[] =>
  filledReaders.map((view) => (view.reader === name ? { ...view, leasedBy: runId } : view));

export const drawerItems = [
  {
    itemId: 'sim-1',
    label: 'SIM 1',
    labelZh: 'SIM 卡 1',
    takes: 'card',
    kind: 'sim',
    inReader: readers.card1,
  },
  { itemId: 'sim-2', label: 'SIM 2', labelZh: 'SIM 卡 2', takes: 'card', kind: 'sim' },
  { itemId: 'smart-card-1', label: 'Smart card 1', labelZh: '智能卡 1', takes: 'card', kind: 'smart-card' },
  {
    itemId: 'sd-card-1',
    label: 'SD card 1',
    labelZh: 'SD 卡 1',
    takes: 'sd-card',
    kind: 'sd-card',
    inReader: readers.slot1,
  },
  {
    itemId: 'sd-card-nearly-full',
    label: 'SD card, nearly full',
    labelZh: '几乎已满的 SD 卡',
    takes: 'sd-card',
    kind: 'sd-card',
  },
  {
    itemId: 'foreign-card',
    label: 'City bus pass',
    labelZh: '公交卡',
    takes: 'card',
    kind: 'unknown',
    inReader: readers.card2,
  },
] as const;

export const certificateSha256 = '9f2c4d1be07a53886c1fd0a4b9e2775310c8e6aa42d97bf1655e0c3b8a91d7f4';
export const certificateSerial = '5a1f30c97be2448d90b6';

export const receipt = (kind: MediumKind): Receipt => ({
  receiptNumber: 'CW-20260312-0047',
  issuedAt: minutesAgo(0),
  branch: description.branch,
  branchLatin: description.branchLatin,
  bankName: connection.bank.name,
  bankNameLatin: connection.bank.nameLatin,
  training: true,
  officerName: '李娜 Li Na',
  customerName: firstCustomer.name,
  documentNumberMasked: '**************0023',
  accountMasked: '**** **** **** **12 345',
  mediumKind: kind,
  serial: kind === 'sd-card' ? sdSerial : simSerial,
  cardId: 'CW7K3M9QX2',
  certificateSerial,
  certificateNotAfter: '2029-03-12T06:30:00.000Z',
  certificateSha256,
  loginName: firstCustomer.loginName,
});

export const cardRecord = (state: CardRecord['state'], customer: Customer = firstCustomer): CardRecord => ({
  cardId: 'CW7K3M9QX2',
  customerId: customer.customerId,
  customerName: customer.name,
  medium: { kind: 'sim', identity: '0f3a5be27731904c', serial: simSerial },
  slot: '9a',
  state,
  certificate: {
    serial: certificateSerial,
    subject: `CN=${customer.nameLatin},serialNumber=CW7K3M9QX2,O=Cloudbridge Training Bank,C=CN`,
    notBefore: minutesAgo(2880),
    notAfter: '2029-03-10T06:30:00.000Z',
    sha256: certificateSha256,
    publicKeySha256: '71cd03aa9be5f62210f4d88e3a6b5c90ff1724ce08b3d95a6e2c47b1dd98e055',
    state: 'issued',
  },
  registration: { state: state === 'active' ? 'active' : 'pending', since: minutesAgo(2870) },
  officerId: 'lina',
  stationId: 'ST-0101',
  createdAt: minutesAgo(2890),
  updatedAt: minutesAgo(2870),
});

const keySha256 = '71cd03aa9be5f62210f4d88e3a6b5c90ff1724ce08b3d95a6e2c47b1dd98e055';

/** Of the applet in the pictures. */
export const packageAid = 'f04357000101';

export const inspections: Readonly<
  Record<
    | 'complete'
    | 'olderClient'
    | 'olderApplet'
    | 'appletRefused'
    | 'forkedChain'
    | 'differs'
    | 'blank'
    | 'unknownKey'
    | 'unrecorded'
    | 'foreign',
    CardInspection
  >
> = {
  complete: {
    reader: readers.card1,
    kind: 'sim',
    content: 'complete',
    atr: simMedium.atr,
    serial: simSerial,
    applet: 'PIV 5.4.3',
    pinRetries: 3,
    pukRetries: 3,
    bankRecord: cardRecord('active'),
    lines: [
      { item: 'card-id', card: 'CW7K3M9QX2', bank: 'CW7K3M9QX2', verdict: 'same' },
      { item: 'customer', card: firstCustomer.name, bank: firstCustomer.name, verdict: 'same' },
      {
        item: 'certificate',
        card: certificateSha256,
        bank: certificateSha256,
        ca: certificateSha256,
        verdict: 'same',
      },
      { item: 'key', card: keySha256, bank: keySha256, ca: keySha256, verdict: 'same' },
      { item: 'user-info', card: certificateSha256, bank: certificateSha256, verdict: 'same' },
      { item: 'marker', card: 'present', bank: 'present', verdict: 'same' },
      { item: 'state', bank: 'active', verdict: 'not-comparable' },
    ],
    actions: ['wipe'],
  },
  olderClient: {
    reader: readers.card1,
    kind: 'sd-card',
    content: 'complete',
    bankRecord: cardRecord('active'),
    lines: [
      { item: 'card-id', card: 'CW7K3M9QX2', bank: 'CW7K3M9QX2', verdict: 'same' },
      { item: 'client', card: '1.0.0', bank: '1.0.0', verdict: 'same' },
    ],
    client: { onCard: '1.0.0', available: '1.2.0' },
    actions: ['upgrade-client', 'wipe'],
  },
  olderApplet: {
    reader: readers.card1,
    kind: 'sim',
    content: 'complete',
    atr: simMedium.atr,
    serial: simSerial,
    applet: 'PIV 5.4.3',
    pinRetries: 3,
    pukRetries: 3,
    bankRecord: cardRecord('active'),
    lines: [
      { item: 'card-id', card: 'CW7K3M9QX2', bank: 'CW7K3M9QX2', verdict: 'same' },
      { item: 'key', card: keySha256, bank: keySha256, ca: keySha256, verdict: 'same' },
      { item: 'state', bank: 'active', verdict: 'not-comparable' },
      { item: 'Qingyu Pay', card: '1.0', bank: '1.0', verdict: 'same' },
    ],
    applets: [
      { packageAid, name: 'Qingyu Pay', state: 'outdated', onCard: '1.0', available: '1.1' },
      {
        packageAid: 'f04357000102',
        name: 'Qingyu Loyalty',
        state: 'current',
        onCard: '2.3',
        available: '2.3',
      },
    ],
    actions: ['upgrade-applet', 'wipe'],
  },
  appletRefused: {
    reader: readers.card1,
    kind: 'sim',
    content: 'complete',
    atr: simMedium.atr,
    serial: simSerial,
    bankRecord: cardRecord('active'),
    lines: [
      { item: 'card-id', card: 'CW7K3M9QX2', bank: 'CW7K3M9QX2', verdict: 'same' },
      { item: 'Qingyu Pay', card: '1.0', bank: '0.9', verdict: 'differs' },
    ],
    applets: [
      {
        packageAid,
        name: 'Qingyu Pay',
        state: 'required',
        onCard: '1.0',
        available: '1.1',
        refusal: { code: 'applet-holds-data', data: {} },
      },
    ],
    actions: ['wipe'],
  },
  forkedChain: {
    reader: readers.card1,
    kind: 'sd-card',
    content: 'complete',
    bankRecord: cardRecord('suspended'),
    lines: [
      { item: 'card-id', card: 'CW7K3M9QX2', bank: 'CW7K3M9QX2', verdict: 'same' },
      {
        item: 'certificate',
        card: certificateSha256,
        bank: certificateSha256,
        ca: certificateSha256,
        verdict: 'same',
      },
      { item: 'state', bank: 'suspended', verdict: 'not-comparable' },
      { item: 'chain', bank: 'chain-forked', verdict: 'not-comparable' },
    ],
    client: { onCard: '1.2.0', available: '1.2.0' },
    chain: { state: 'forked', epoch: 1 },
    actions: ['restart-chain', 'wipe'],
  },
  differs: {
    reader: readers.card1,
    kind: 'sim',
    content: 'incomplete',
    atr: simMedium.atr,
    serial: simSerial,
    applet: 'PIV 5.4.3',
    pinRetries: 2,
    pukRetries: 3,
    bankRecord: cardRecord('certified'),
    lines: [
      { item: 'card-id', card: 'CW7K3M9QX2', bank: 'CW7K3M9QX2', verdict: 'same' },
      { item: 'customer', bank: firstCustomer.name, verdict: 'missing' },
      {
        item: 'certificate',
        card: '40be17c2aa90d1f3e85c66b2147fd09e3b1ac8d7f5026e9944b8d31c7ae6f205',
        bank: certificateSha256,
        ca: certificateSha256,
        verdict: 'differs',
      },
      { item: 'key', card: keySha256, bank: keySha256, ca: keySha256, verdict: 'same' },
      { item: 'user-info', bank: certificateSha256, verdict: 'missing' },
      { item: 'marker', card: 'absent', bank: 'present', verdict: 'differs' },
      { item: 'state', bank: 'certified', verdict: 'not-comparable' },
    ],
    actions: ['wipe'],
  },
  blank: {
    reader: readers.card1,
    kind: 'sim',
    content: 'blank',
    serial: simSerial,
    applet: 'PIV 5.4.3',
    pinRetries: 3,
    pukRetries: 3,
    lines: [],
    actions: ['none'],
  },
  unknownKey: {
    reader: readers.card1,
    kind: 'sim',
    content: 'blank',
    unknownKey: true,
    serial: simSerial,
    applet: 'PIV 5.4.3',
    pinRetries: 3,
    pukRetries: 3,
    lines: [],
    actions: ['wipe'],
  },
  /** The bank went back to an older state. */
  unrecorded: {
    reader: readers.card1,
    kind: 'sim',
    content: 'unrecorded',
    atr: simMedium.atr,
    serial: simSerial,
    applet: 'PIV 5.4.3',
    pinRetries: 3,
    pukRetries: 3,
    lines: [
      { item: 'card-id', card: 'CW7K3M9QX2', verdict: 'missing' },
      { item: 'customer', card: firstCustomer.name, verdict: 'missing' },
      { item: 'certificate', card: certificateSha256, verdict: 'missing' },
      { item: 'key', card: keySha256, verdict: 'missing' },
      { item: 'user-info', card: certificateSha256, verdict: 'missing' },
      { item: 'marker', card: 'present', verdict: 'missing' },
      { item: 'state', verdict: 'not-comparable' },
    ],
    actions: ['wipe'],
  },
  foreign: { reader: readers.card2, kind: 'unknown', content: 'foreign', lines: [], actions: ['none'] },
};

/** A log of any length, the same every time. */
export function auditRecords(count: number): readonly AuditRecord[] {
  const story: readonly (readonly [string, (string | undefined)?, AuditRecord['outcome']?, string?])[] = [
    ['officer.signed-in'],
    ['medium.inserted'],
    ['identity.accepted'],
    ['run.started'],
    ['step.done', 'check-account-pin'],
    ['step.done', 'inspect-medium'],
    ['step.done', 'reserve-card'],
    ['step.done', 'set-card-pin'],
    ['step.done', 'generate-key'],
    ['step.done', 'enrol'],
    ['step.done', 'write-certificate'],
    ['step.failed', 'write-user-info', 'failed', 'card-removed'],
    ['run.resumed'],
    ['step.done', 'write-user-info'],
    ['step.done', 'write-marker'],
    ['step.done', 'read-back'],
    ['step.done', 'prove'],
    ['step.done', 'register'],
    ['step.done', 'activate'],
    ['run.completed'],
    ['call.refused', undefined, 'refused', 'not-allowed'],
    ['officer.sign-in-refused', undefined, 'refused', 'sign-in-refused'],
  ];
  return Array.from({ length: count }, (_, index) => {
    const sequence = count - index;
    const [event, step, outcome = 'ok', faultCode] = story[sequence % story.length] ?? ['step.done'];
    const about = Math.floor(sequence / story.length);
    const ofCard = event.startsWith('step') || event.startsWith('run');
    return {
      sequence,
      at: new Date(fakeNow - index * 47_000).toISOString(),
      officerId: about % 3 === 0 ? 'zhaomin' : 'lina',
      event,
      ...(step !== undefined && { step }),
      ...(ofCard && {
        runId: `run-${String(about).padStart(5, '0')}`,
        cardId: `CW${(about * 7919 + 100_003).toString(36).toUpperCase().padStart(8, '0')}`,
        customerId: `C-1000${String((about % 12) + 1).padStart(2, '0')}`,
        serial: String(25_000_000 + about * 37),
        reader: readers.card1,
      }),
      ...(event.startsWith('medium') && { reader: readers.card1, serial: String(25_000_000 + about * 37) }),
      outcome,
      ...(faultCode !== undefined && { faultCode }),
      data: event === 'run.completed' ? { outcome: 'done', tookMs: 14_210 } : {},
      hash: (sequence * 2_654_435_761).toString(16).padStart(16, '0').repeat(4).slice(0, 64),
    };
  });
}

export const summary = {
  days: [9, 12, 7, 11, 14, 3, 0, 10, 13, 12, 9, 15, 11, 6].map((issued, index) => ({
    day: new Date(fakeNow - (13 - index) * 86_400_000).toISOString().slice(0, 10),
    issued,
    failed: [0, 1, 0, 0, 2, 0, 0, 1, 0, 0, 3, 1, 0, 0][index] ?? 0,
  })),
  failuresByStep: [
    { step: 'write-user-info', count: 4 },
    { step: 'check-account-pin', count: 2 },
    { step: 'enrol', count: 1 },
    { step: 'read-back', count: 1 },
  ],
  medianTookMs: 84_300,
};

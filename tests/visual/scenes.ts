import type { CustomerPrompt, StationDescription } from '../../electron/shared/contract/index.ts';
import {
  appletRun,
  auditRecords,
  auditWithDecision,
  bankKeyEvents,
  bankKeysPage,
  manyBankKeyEvents,
  batchAt,
  endedCards,
  batchId,
  cardRecord,
  emptyReaders,
  voidSimReaders,
  filledReaders,
  firstCustomer,
  inspections,
  issueRun,
  laneReaders,
  laneRuns,
  leased,
  ended,
  notRenewed,
  managersCard,
  offline,
  prepareRun,
  quarantinedCards,
  readers,
  restartRun,
  setAsideByContent,
  smartCardMedium,
  tellersCard,
  wipeRun,
  withOfficerCard,
  type FakeStationOptions,
} from '../harness/fake-station/index.ts';

/** One thing to look at: a station in a state, and the few moves that lead to the screen. */
export interface Scene {
  readonly name: string;
  readonly seat?: 'customer';
  readonly station: FakeStationOptions;
  /** Moves in order: a test id to click, `#key` to press, `testid=text` to fill, `~testid` to wait for. */
  readonly moves?: readonly string[];
  /** Kept as a baseline. */
  readonly baseline?: true;
}

/** What `scene.station` is in the page: the station itself is made there. */
const teller = { signedIn: 'lina' } as const;
const manager = { signedIn: 'wangqiang' } as const;
const technician = { signedIn: 'zhaomin' } as const;

/** The bank's record of its keys after the bank went back to an older state. */
const rolledBack = bankKeysPage(bankKeyEvents.slice(0, 6), {
  finding: 'shrank',
  brokenAt: 7,
  seenBefore: { size: 9, at: '2026-03-11T08:15:00.000Z' },
});
const answerForRecord = [
  'open-bank-keys',
  'accept-key-record',
  'accept-reference=SEC-2026/117',
  'accept-password=training-manager',
];

const production: Partial<StationDescription> = {
  training: false,
  trainingOfficers: [],
  officerCards: 'required',
};

const openRun = (runId: string): string => `unfinished-${runId}`;
const runScene = (name: string, run: ReturnType<typeof issueRun>, more: Partial<Scene> = {}): Scene => ({
  name,
  station: {
    ...teller,
    runs: [run, ...earlier],
    readers: run.subject.reader === undefined ? filledReaders : leased(run.subject.reader, run.runId),
  },
  moves: [openRun(run.runId)],
  ...more,
});

/** Finished ones, so that the station knows how long a step usually takes. */
const earlier = [
  issueRun({ kind: 'sim', at: 'completed', runId: '01JPA3EARLY1', startedAt: '2026-03-12T05:50:00.000Z' }),
  issueRun({
    kind: 'sd-card',
    at: 'completed',
    runId: '01JPA3EARLY2',
    startedAt: '2026-03-12T05:40:00.000Z',
  }),
];

const batchRuns = [
  prepareRun(laneRuns.card1, readers.card1, '48120696', 'replace-keys'),
  prepareRun(laneRuns.card2, readers.card2, '48120667', 'replace-keys', { code: 'card-removed', data: {} }),
];
const quarantinedCard = {
  runId: laneRuns.card2,
  reader: readers.card2,
  at: '2026-03-12T06:32:00.000Z',
  tookMs: 1480,
  outcome: 'quarantined',
  faultCode: 'card-management-key-refused',
  kind: 'smart-card',
  serial: '48120667',
} as const;

const { document } = firstCustomer;
const typeDocument = [
  `document-number=${document.number}`,
  `document-name=${document.name}`,
  `document-birthDate=${document.birthDate}`,
  `document-expires=${document.expires}`,
  `document-issuedBy=${document.issuedBy}`,
];
const findFirst = ['customer-query=王', '#Enter'];
const openFirst = ['customer-query=C-100001', '#Enter', `customer-${firstCustomer.customerId}`];

const enterSecrets: CustomerPrompt = {
  kind: 'enter-secrets',
  runId: '01JPA4T9V7C2',
  askId: 'customer-secrets-1',
  customerId: firstCustomer.customerId,
  customerName: firstCustomer.name,
  accountMasked: '•••• 12 345',
  loginName: firstCustomer.loginName,
  fields: ['account-pin', 'login-password', 'card-pin'],
  envelopeKey: {
    keyId: 'env-1',
    publicKey: 'BGsX0fLhLEJH+Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT+NC4v4af5uO5+tKfA+eFivOM1drMV7Oy7ZAaDe/UfU=',
  },
};

const typeNewcomer = ['enter-officer-id=zhoulei', 'enter-name=周磊 Zhou Lei', 'enter-role-teller'];
/** One who has not signed in yet, and one who left. */
const entered = [
  {
    officerId: 'zhoulei',
    name: '周磊 Zhou Lei',
    role: 'teller',
    startPasswordUntil: '2026-03-19T06:32:00.000Z',
  },
  { officerId: 'chenjing', name: '陈静 Chen Jing', role: 'teller', endedAt: '2026-03-09T09:05:00.000Z' },
] as const;

/** With a blank card in it. */
const blankReaders = filledReaders.filter(({ reader }) => reader === readers.card1);

export const scenes: readonly Scene[] = [
  { name: 'sign-in', station: {}, baseline: true },
  {
    name: 'sign-in-refused',
    station: {},
    moves: ['password=wrong', '#Enter', '~sign-in-fault'],
  },
  {
    name: 'sign-in-with-card',
    station: { readers: [withOfficerCard(tellersCard)] },
    moves: ['fill-password', 'fill-pin', '~officer-pin'],
  },
  {
    name: 'sign-in-card-needed',
    station: {
      description: { training: false, trainingOfficers: [], officerCards: 'required' },
      readers: [withOfficerCard(managersCard, { triesLeft: 2 })],
    },
    moves: ['officer-id=wangqiang', 'password=something', '~officer-tries'],
  },
  {
    name: 'sign-in-card-last-try',
    station: { readers: [withOfficerCard(tellersCard, { triesLeft: 1 })] },
  },
  {
    name: 'sign-in-card-of-another',
    station: { readers: [withOfficerCard(managersCard)] },
  },
  {
    name: 'sign-in-pin-at-reader',
    station: { readers: [withOfficerCard(tellersCard, { pinAtReader: true })] },
  },
  { name: 'sign-in-production', station: { description: production } },
  {
    name: 'manager-code',
    station: { description: production },
    moves: [
      'open-manager-code',
      'manager-code-code=7KQM-P3XD-9RTA-W2HF-KM4C-8ZNE',
      'manager-code-officer=M-1',
      'new-password=vier Kraniche im Nebel',
      'new-password-again=vier Kraniche im Nebel',
      '~manager-code-set',
    ],
  },
  {
    name: 'manager-code-refused',
    station: {
      description: production,
      refuse: { 'officers.readmitManager': { code: 'manager-code-refused', data: {} } },
    },
    moves: [
      'open-manager-code',
      'manager-code-code=7KQM-P3XD',
      'manager-code-officer=M-1',
      'new-password=vier Kraniche im Nebel',
      'new-password-again=vier Kraniche im Nebel',
      'manager-code-set',
      '~manager-code-fault',
    ],
  },
  {
    name: 'manager-code-done',
    station: { description: production },
    moves: [
      'open-manager-code',
      'manager-code-code=7KQM-P3XD',
      'manager-code-officer=M-1',
      'new-password=vier Kraniche im Nebel',
      'new-password-again=vier Kraniche im Nebel',
      'manager-code-set',
      '~sign-in-submit',
    ],
  },
  {
    name: 'first-manager',
    station: { noOfficers: true, description: production },
    moves: [
      'first-code=7KQM-P3XD-9RTA-W2HF-KM4C-8ZNE',
      'first-officer-id=M-1',
      'first-name=陈静 Chen Jing',
      'new-password=vier Kraniche im Nebel',
      'new-password-again=vier Kraniche',
      '~first-manager-set',
    ],
  },
  {
    name: 'first-manager-refused',
    station: {
      noOfficers: true,
      description: production,
      refuse: { 'officers.enterFirst': { code: 'first-manager-code-refused', data: {} } },
    },
    moves: [
      'first-code=7KQM-P3XD',
      'first-officer-id=M-1',
      'first-name=陈静 Chen Jing',
      'new-password=vier Kraniche im Nebel',
      'new-password-again=vier Kraniche im Nebel',
      'first-manager-set',
      '~first-manager-fault',
    ],
  },
  {
    name: 'own-password',
    station: { ...teller, passwordDue: true },
    moves: ['new-password=lina lina lina', '~own-password'],
  },
  { name: 'locked', station: { ...teller, locked: true, readers: emptyReaders } },
  {
    name: 'locked-card-back',
    station: { ...teller, locked: true, readers: [withOfficerCard(tellersCard)] },
    moves: ['officer-pin=111111', '#Enter', '~unlock-fault'],
  },
  { name: 'issue-find', station: teller, baseline: true },
  { name: 'issue-found', station: teller, moves: [...findFirst, '~customer-C-100002'] },
  {
    name: 'issue-nobody',
    station: teller,
    moves: ['customer-query=nobody at all', '#Enter', '~nobody-found'],
  },
  { name: 'issue-offline', station: { ...teller, connection: offline } },
  {
    name: 'issue-unfinished',
    station: {
      ...teller,
      runs: [
        issueRun({
          kind: 'sim',
          at: 'write-user-info',
          fault: { code: 'run-interrupted', data: {} },
          runId: '01JPA2STOP01',
        }),
        issueRun({
          kind: 'sd-card',
          at: 'hand-over',
          runId: '01JPA2WAIT02',
          startedAt: '2026-03-12T06:20:00.000Z',
        }),
      ],
    },
    moves: ['~unfinished'],
  },
  { name: 'issue-identity-empty', station: teller, moves: [...openFirst, '~check-identity'] },
  {
    name: 'issue-identity-agrees',
    station: teller,
    moves: [...openFirst, ...typeDocument, 'photo-check', '~document-agrees'],
    baseline: true,
  },
  {
    name: 'issue-identity-differs',
    station: teller,
    moves: [
      ...openFirst,
      ...typeDocument,
      'document-issuedBy=北京市公安局海淀分局',
      'document-expires=20410630',
      '#Tab',
      '~document-differs',
    ],
    baseline: true,
  },
  {
    name: 'issue-identity-blocked',
    station: teller,
    moves: ['customer-query=C-100012', '#Enter', 'customer-C-100012', '~customer-blocked'],
  },
  {
    name: 'issue-identity-has-card',
    station: { ...teller, cards: [cardRecord('active')] },
    moves: [...openFirst, '~customer-has-card'],
  },
  runScene(
    'issue-secrets',
    issueRun({ kind: 'sim', at: 'customer-secrets', entry: { field: 'account-pin', typed: 4, of: 6 } }),
  ),
  runScene('issue-medium', issueRun({ kind: 'sim', at: 'choose-medium' }), { baseline: true }),
  {
    name: 'issue-medium-empty',
    station: { ...teller, runs: [issueRun({ kind: 'sim', at: 'choose-medium' })], readers: emptyReaders },
    moves: [openRun('01JPA4T9V7C2'), '~insert-a-card'],
  },
  runScene('issue-write-sim', issueRun({ kind: 'sim', at: 'write-user-info' }), { baseline: true }),
  runScene('issue-type-at-reader', issueRun({ kind: 'smart-card', at: 'prove', atReader: 'type-pin' })),
  runScene(
    'issue-write-sd',
    issueRun({
      kind: 'sd-card',
      at: 'write-client',
      transfer: {
        doing: 'writing',
        doneBytes: 7_900_000,
        ofBytes: 20_000_000,
        bytesPerSecond: 3_140_000,
        leftMs: 3_850,
      },
    }),
    { baseline: true },
  ),
  runScene(
    'issue-read-back-sd',
    issueRun({
      kind: 'sd-card',
      at: 'read-back',
      transfer: {
        doing: 'reading',
        doneBytes: 612_000,
        ofBytes: 20_003_000,
        bytesPerSecond: 248_000,
        leftMs: 78_200,
      },
    }),
  ),
  {
    name: 'issue-write-smart-card',
    station: {
      ...teller,
      runs: [issueRun({ kind: 'smart-card', at: 'read-back' }), ...earlier],
      readers: leased(readers.card1, '01JPA4T9V7C2').map((view) =>
        view.reader === readers.card1 ? { ...view, medium: smartCardMedium } : view,
      ),
    },
    moves: [openRun('01JPA4T9V7C2')],
  },
  runScene('issue-turned', issueRun({ kind: 'sd-card', at: 'prove' }), {
    moves: [openRun('01JPA4T9V7C2'), 'card-panel-turn'],
  }),
  runScene(
    'issue-fault-removed',
    issueRun({
      kind: 'sim',
      at: 'write-user-info',
      fault: { code: 'card-removed', data: { reader: readers.card1 } },
    }),
    { baseline: true },
  ),
  runScene(
    'issue-fault-compensate',
    issueRun({
      kind: 'sd-card',
      at: 'read-back',
      fault: { code: 'medium-read-back-differs', data: { path: 'client.html' } },
    }),
  ),
  runScene('issue-undoing', issueRun({ kind: 'sim', at: 'write-certificate', undoing: true })),
  {
    name: 'issue-undone',
    station: { ...teller, runs: [issueRun({ kind: 'sim', at: 'choose-medium' })] },
    moves: [openRun('01JPA4T9V7C2'), '!undone'],
  },
  runScene('issue-hand-over', issueRun({ kind: 'sim', at: 'hand-over' }), { baseline: true }),
  runScene('issue-hand-over-sd', issueRun({ kind: 'sd-card', at: 'hand-over' }), {
    moves: [openRun('01JPA4T9V7C2'), 'print-receipt', '~receipt-saved'],
  }),
  {
    name: 'issue-finished',
    station: {
      ...teller,
      runs: [issueRun({ kind: 'sim', at: 'hand-over' })],
      readers: leased(readers.card1, '01JPA4T9V7C2'),
    },
    moves: [openRun('01JPA4T9V7C2'), '!completed'],
    baseline: true,
  },
  { name: 'drawer', station: teller, moves: ['drawer-open', '~training-drawer'] },
  {
    name: 'reprovision-same',
    station: { ...technician, inspection: inspections.complete },
    moves: ['~comparison'],
    baseline: true,
  },
  {
    name: 'reprovision-differs',
    station: { ...technician, inspection: inspections.differs },
    moves: ['~comparison', 'wipe-open', '~wipe-form'],
    baseline: true,
  },
  {
    name: 'reprovision-void',
    station: {
      ...technician,
      readers: voidSimReaders,
      inspection: { ...inspections.complete, bankRecord: cardRecord('revoked') },
    },
    moves: ['~made-anew'],
  },
  {
    name: 'reprovision-wipe-shared',
    station: { ...technician, inspection: { ...inspections.complete, otherKeys: 2 } },
    moves: ['~comparison', 'wipe-open', '~wipe-others'],
  },
  {
    name: 'reprovision-older-client',
    station: { ...technician, inspection: inspections.olderClient },
    moves: ['~upgrade-client'],
  },
  {
    name: 'reprovision-older-applet',
    station: { ...technician, inspection: inspections.olderApplet },
    moves: ['~applet-outdated'],
  },
  {
    name: 'reprovision-applet-refused',
    station: { ...technician, inspection: inspections.appletRefused },
    moves: ['~applet-required'],
  },
  {
    name: 'reprovision-applet-loading',
    station: {
      ...technician,
      runs: [appletRun('load-applet')],
      readers: leased(readers.card1, '01JPA5WIPE01'),
    },
    moves: ['~applet-run'],
  },
  {
    name: 'reprovision-applet-pulled',
    station: {
      ...technician,
      runs: [appletRun('load-applet', { code: 'card-removed', data: { reader: readers.card1 } })],
      readers: emptyReaders,
    },
    moves: ['~fault-panel'],
  },
  {
    name: 'reprovision-applet-updated',
    station: {
      ...technician,
      runs: [appletRun('prove-applet')],
      readers: leased(readers.card1, '01JPA5WIPE01'),
    },
    moves: ['~applet-run'],
  },
  {
    name: 'reprovision-chain-forked',
    station: { ...technician, inspection: inspections.forkedChain },
    moves: ['restart-open', '~restart-form'],
  },
  {
    name: 'reprovision-chain-pin',
    station: {
      ...technician,
      runs: [restartRun('customer-secrets', { field: 'account-pin', typed: 4, of: 6 })],
      readers: leased(readers.card1, '01JPA5WIPE01'),
    },
    moves: ['~wait-for-pin'],
  },
  {
    name: 'reprovision-chain-writing',
    station: {
      ...technician,
      runs: [restartRun('write-client')],
      readers: leased(readers.card1, '01JPA5WIPE01'),
    },
    moves: ['~restart-run'],
  },
  {
    name: 'reprovision-chain-pulled',
    station: {
      ...technician,
      runs: [restartRun('write-client', undefined, { code: 'medium-removed', data: {} })],
      readers: emptyReaders,
    },
    moves: ['~fault-panel'],
  },
  {
    name: 'reprovision-blank',
    station: { ...technician, inspection: inspections.blank },
    moves: ['~no-action'],
  },
  {
    name: 'reprovision-unknown-key',
    station: { ...technician, inspection: inspections.unknownKey },
    moves: ['~wipe-open'],
  },
  {
    name: 'reprovision-unrecorded',
    station: { ...technician, inspection: inspections.unrecorded },
    moves: ['wipe-open', '~wipe-form'],
  },
  {
    name: 'reprovision-foreign',
    station: { ...technician, inspection: inspections.foreign },
    moves: ['~no-action'],
  },
  { name: 'reprovision-empty', station: { ...technician, readers: emptyReaders }, moves: ['~insert-a-card'] },
  {
    name: 'reprovision-wiping',
    station: { ...technician, runs: [wipeRun('wipe')], readers: leased(readers.card1, '01JPA5WIPE01') },
    moves: ['~wipe-run'],
  },
  {
    name: 'batch-start',
    station: {
      ...technician,
      batches: [
        batchAt({ phase: 'ended', endedAt: '2026-03-12T06:30:00.000Z' }),
        batchAt({ batchId: 'older', work: 'wipe', phase: 'ended', startedAt: '2026-03-11T02:10:00.000Z' }, 4),
      ],
    },
    moves: ['nav-batch', '~batch-start'],
    baseline: true,
  },
  { name: 'batch-first', station: { ...technician, readers: [] }, moves: ['nav-batch', '~no-batches'] },
  {
    name: 'batch-offline',
    station: { ...technician, connection: offline },
    moves: ['nav-batch', '~offline', 'batch-work-wipe'],
  },
  {
    name: 'batch-lanes',
    station: { ...technician, readers: laneReaders, runs: batchRuns, batches: [batchAt()] },
    moves: ['nav-batch', '~batch-at-work'],
    baseline: true,
  },
  {
    name: 'batch-lanes-waiting',
    station: {
      ...technician,
      readers: laneReaders,
      runs: batchRuns,
      batches: [
        batchAt({
          lanes: [
            { reader: readers.card1, state: 'empty', ended: 5 },
            {
              reader: readers.card2,
              state: 'decide',
              runId: laneRuns.card2,
              fault: { code: 'card-removed', data: {} },
              ended: 5,
            },
            { reader: readers.slot1, state: 'gone', ended: 0 },
          ],
        }),
      ],
    },
    moves: ['nav-batch', '~batch-at-work'],
  },
  {
    name: 'batch-held',
    station: {
      ...technician,
      readers: laneReaders,
      runs: batchRuns,
      batches: [
        batchAt({
          phase: 'held',
          hold: {
            why: 'quarantine',
            faultCode: 'card-management-key-refused',
            count: 2,
            at: '2026-03-12T06:32:00.000Z',
          },
          lanes: [
            { reader: readers.card1, state: 'paused', ended: 5 },
            {
              reader: readers.card2,
              state: 'take-out',
              runId: laneRuns.card2,
              last: quarantinedCard,
              ended: 6,
            },
          ],
          cards: [quarantinedCard, ...endedCards(10).toReversed()],
          counts: { good: 7, refused: 1, failed: 1, quarantined: 2, undone: 0 },
        }),
      ],
    },
    moves: ['nav-batch', '~batch-hold'],
    baseline: true,
  },
  {
    name: 'batch-ended',
    station: {
      ...technician,
      batches: [batchAt({ phase: 'ended', endedAt: '2026-03-12T06:31:50.000Z', lanes: [] })],
    },
    moves: ['nav-batch', `batch-${batchId}`, '~batch-ended', 'batch-export', '~batch-saved'],
    baseline: true,
  },
  {
    name: 'quarantine-ask',
    station: { ...technician, quarantine: quarantinedCards },
    moves: ['nav-quarantine', '~attempts', 'finding-as-recorded', 'release-reason=Loose contact, reader 2'],
    baseline: true,
  },
  {
    name: 'quarantine-decide',
    station: { ...manager, quarantine: quarantinedCards },
    moves: ['nav-quarantine', '~release', 'decision-password=training-manager'],
    baseline: true,
  },
  {
    name: 'quarantine-refused',
    station: {
      ...manager,
      quarantine: quarantinedCards,
      refuse: { 'quarantine.decide': { code: 'second-officer-needed', data: {} } },
    },
    moves: ['nav-quarantine', '~release', 'decision-password=x', '#F9', '~fault-notice'],
  },
  {
    name: 'quarantine-asked',
    station: { ...technician, quarantine: quarantinedCards.slice(0, 1) },
    moves: [
      'nav-quarantine',
      '~attempts',
      'finding-factory',
      'release-reason=Reset with ykman',
      '#F9',
      '~quarantine-asked',
    ],
  },
  {
    name: 'quarantine-applet',
    station: { ...technician, quarantine: [setAsideByContent] },
    moves: ['nav-quarantine', '~finding-as-recorded'],
  },
  { name: 'quarantine-empty', station: technician, moves: ['nav-quarantine', '~quarantine-empty'] },
  {
    name: 'quarantine-offline',
    station: {
      ...technician,
      connection: offline,
      refuse: { 'quarantine.list': { code: 'bank-unreachable', data: {} } },
    },
    moves: ['nav-quarantine', '~fault-notice'],
  },
  { name: 'audit', station: manager, moves: ['~audit-rows'], baseline: true },
  { name: 'audit-story', station: manager, moves: ['~audit-rows', 'audit-18190', '~story-timeline'] },
  {
    name: 'audit-signed',
    station: { ...manager, audit: auditWithDecision(auditRecords(18_201)) },
    moves: ['~audit-rows', 'audit-18202', 'export-evidence', '~evidence-saved'],
  },
  {
    name: 'audit-bank-keys-shrank',
    station: { ...manager, bankKeys: rolledBack },
    moves: ['open-bank-keys', '~bank-keys-finding'],
  },
  {
    name: 'audit-bank-keys-accept',
    station: { ...manager, bankKeys: rolledBack },
    moves: answerForRecord,
  },
  {
    name: 'audit-bank-keys-accept-sign',
    station: {
      ...manager,
      bankKeys: rolledBack,
      signedInWith: managersCard,
      readers: [...blankReaders, withOfficerCard(managersCard)],
    },
    moves: [...answerForRecord.slice(0, 3), '#F9', '~act-lines'],
  },
  {
    name: 'audit-bank-keys-accept-refused',
    station: {
      ...manager,
      bankKeys: rolledBack,
      refuse: { 'audit.acceptBankKeys': { code: 'bank-key-record-broken', data: { record: 5 } } },
    },
    moves: [...answerForRecord, '#F9', '~act-lines', '#F9', '~sign-fault'],
  },
  {
    name: 'audit-bank-keys-accepted',
    station: { ...manager, bankKeys: rolledBack },
    moves: [...answerForRecord, '#F9', '~act-lines', '#F9', '~key-record-accepted'],
  },
  {
    name: 'audit-bank-keys-changed',
    station: {
      ...manager,
      bankKeys: bankKeysPage(manyBankKeyEvents, { finding: 'changed', brokenAt: 58 }),
    },
    moves: ['open-bank-keys', '~bank-keys-finding'],
  },
  {
    name: 'audit-bank-keys-empty',
    station: { ...manager, bankKeys: bankKeysPage([], { size: 0 }) },
    moves: ['open-bank-keys', '~bank-keys-empty'],
  },
  {
    name: 'audit-bank-keys-offline',
    station: {
      ...manager,
      connection: offline,
      refuse: { 'audit.bankKeys': { code: 'bank-unreachable', data: {} } },
    },
    moves: ['open-bank-keys', '~bank-keys-fault'],
  },
  { name: 'audit-empty', station: { ...manager, audit: [] }, moves: ['~audit-empty'] },
  {
    name: 'audit-broken',
    station: { ...manager, audit: auditRecords(18_201), auditBroken: true },
    moves: ['~audit-rows'],
  },
  {
    name: 'audit-another-log',
    station: { ...manager, audit: auditRecords(14), anotherLogOf: 18_201 },
    moves: ['~audit-rows'],
  },
  { name: 'devices', station: technician, moves: ['nav-devices', '~devices'], baseline: true },
  { name: 'devices-talk', station: technician, moves: ['nav-devices', '#F7', '~save-diagnostics'] },
  {
    name: 'reprovision-fault-talk',
    station: {
      ...technician,
      runs: [wipeRun('wipe', { code: 'card-management-key-refused', data: {} })],
    },
    moves: ['~run-failed', '#F7', '~save-diagnostics'],
  },
  {
    name: 'devices-certificate-due',
    station: { ...technician, connection: notRenewed },
    moves: ['nav-devices', '~station-certificate'],
  },
  {
    name: 'devices-certificate-ended',
    station: { ...technician, connection: ended },
    moves: ['nav-devices', '~station-certificate'],
  },
  {
    name: 'devices-none',
    station: { ...technician, readers: [], connection: offline },
    moves: ['nav-devices', '~no-readers'],
  },
  { name: 'customer-idle', seat: 'customer', station: {} },
  {
    name: 'customer-account-pin',
    seat: 'customer',
    station: { prompt: enterSecrets },
    moves: ['~ask-account-pin', '#3', '#1', '#4', '#1'],
    baseline: true,
  },
  {
    name: 'customer-account-pin-wrong',
    seat: 'customer',
    station: { prompt: { ...enterSecrets, fields: ['account-pin'], triesLeft: 2 } },
    moves: ['~customer-notice'],
  },
  {
    name: 'customer-password',
    seat: 'customer',
    station: { prompt: { ...enterSecrets, fields: ['login-password'] } },
    moves: ['login-password=river-lantern-42', '~strength'],
    baseline: true,
  },
  {
    name: 'customer-card-pin',
    seat: 'customer',
    station: { prompt: { ...enterSecrets, fields: ['card-pin'] } },
    moves: ['~ask-card-pin', '#5', '#2', '#9'],
  },
  {
    name: 'customer-wait',
    seat: 'customer',
    station: { prompt: { kind: 'wait', customerName: firstCustomer.name } },
  },
  {
    name: 'customer-type-at-reader',
    seat: 'customer',
    station: { prompt: { kind: 'type-at-reader', customerName: firstCustomer.name } },
  },
  {
    name: 'customer-take-card',
    seat: 'customer',
    station: { prompt: { kind: 'take-card', customerName: firstCustomer.name, mediumKind: 'sim' } },
  },
  {
    name: 'customer-take-sd',
    seat: 'customer',
    station: { prompt: { kind: 'take-card', customerName: firstCustomer.name, mediumKind: 'sd-card' } },
  },
  {
    name: 'officers',
    station: { ...manager, signedInWith: managersCard },
    moves: ['nav-officers', '~officers'],
  },
  {
    name: 'officers-enrol',
    station: {
      ...manager,
      signedInWith: managersCard,
      readers: [...blankReaders, withOfficerCard(managersCard)],
    },
    moves: [
      'nav-officers',
      'pick-officer-zhaomin',
      'enrol-card',
      'new-pin=240633',
      'new-pin-again=240633',
      '~enrol-form',
    ],
  },
  {
    name: 'officers-sign-order',
    station: {
      ...manager,
      signedInWith: managersCard,
      readers: [...blankReaders, withOfficerCard(managersCard)],
    },
    moves: [
      'nav-officers',
      'pick-officer-zhaomin',
      'enrol-card',
      'new-pin=240633',
      'new-pin-again=240633',
      'enrol-next',
      '~act-lines',
    ],
  },
  {
    name: 'officers-end',
    station: { ...manager, signedInWith: managersCard, readers: [withOfficerCard(managersCard)] },
    moves: ['nav-officers', 'pick-officer-lina', 'end-card', 'end-lost'],
  },
  {
    name: 'officers-card-first',
    station: { ...manager, officerCards: [], description: { officerCards: 'required' } },
    moves: ['nav-officers', '~card-first'],
  },
  {
    name: 'officers-enter',
    station: { ...manager, signedInWith: managersCard, readers: [withOfficerCard(managersCard)] },
    moves: ['nav-officers', 'enter-officer', ...typeNewcomer, '~enter-officer-form'],
  },
  {
    name: 'officers-enter-sign',
    station: { ...manager, signedInWith: managersCard, readers: [withOfficerCard(managersCard)] },
    moves: ['nav-officers', 'enter-officer', ...typeNewcomer, 'enter-next', '~act-lines'],
  },
  {
    name: 'officers-start-password',
    station: {
      ...manager,
      signedInWith: managersCard,
      readers: [withOfficerCard(managersCard)],
      description: { officerCards: 'required' },
    },
    moves: [
      'nav-officers',
      'enter-officer',
      ...typeNewcomer,
      'enter-next',
      'officer-pin=240622',
      'sign',
      '~start-password',
    ],
  },
  {
    name: 'officers-newcomer',
    station: { ...manager, signedInWith: managersCard, entered },
    moves: ['nav-officers', 'pick-officer-zhoulei', '~start-password-waits'],
  },
  {
    name: 'officers-left',
    station: { ...manager, signedInWith: managersCard, entered },
    moves: ['nav-officers', 'pick-officer-chenjing', '~enter-again'],
  },
  {
    name: 'quarantine-sign',
    station: {
      ...manager,
      signedInWith: managersCard,
      quarantine: quarantinedCards,
      readers: [withOfficerCard(managersCard)],
    },
    moves: ['nav-quarantine', 'release', '~act-lines'],
  },
  { name: 'audit-bank-keys', station: manager, moves: ['open-bank-keys', '~bank-key-9'], baseline: true },
];

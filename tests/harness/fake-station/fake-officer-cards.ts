import type { AuditRecord, OfficerCardView, ReaderView } from '../../../electron/shared/contract/index.ts';
import {
  aboutRelease,
  officerActText,
  type OfficerAct,
  type OfficerCard,
} from '../../../electron/shared/domain/index.ts';
import { minutesAgo, readers } from './fake-data.ts';

const hash = (start: string) => start.padEnd(64, '3d5b90c7f12a68e4');

/** Of 王强, as it lies in the second reader. */
export const managersCard: OfficerCardView = {
  officerId: 'wangqiang',
  name: '王强 Wang Qiang',
  role: 'manager',
  branch: 'Chaoyang Branch',
  certificateSha256: hash('8c1e'),
  notAfter: '2028-03-11T06:00:00.000Z',
  triesLeft: 3,
  pinAtReader: false,
};
export const tellersCard: OfficerCardView = {
  ...managersCard,
  officerId: 'lina',
  name: '李娜 Li Na',
  role: 'teller',
  certificateSha256: hash('41aa'),
};

/** A reader with an officer's card in it. */
export const withOfficerCard = (
  card: OfficerCardView,
  more: Partial<OfficerCardView> = {},
  reader = readers.card2,
): ReaderView => ({
  reader,
  label: reader,
  takes: 'card',
  virtual: true,
  medium: {
    insertion: 7,
    kind: 'smart-card',
    atr: '3bd518ff8191fe1fc38073c8211309',
    serial: '48120931',
    refusals: [{ code: 'officer-card-in-use', data: { officerId: card.officerId } }],
    officerCard: { ...card, ...more },
  },
});

/** As the bank knows them: the technician's was lost. */
export const officerCards: readonly OfficerCard[] = [
  {
    ...of(managersCard, '48120931'),
    state: 'active',
    issuedAt: minutesAgo(60 * 24 * 40),
    activatedAt: minutesAgo(60 * 24 * 40),
  },
  {
    ...of(tellersCard, '48120944'),
    state: 'active',
    issuedAt: minutesAgo(60 * 24 * 39),
    activatedAt: minutesAgo(60 * 24 * 39),
  },
  {
    ...of(
      {
        ...tellersCard,
        officerId: 'zhaomin',
        name: '赵敏 Zhao Min',
        role: 'technician',
        certificateSha256: hash('d902'),
      },
      '48120958',
    ),
    state: 'revoked',
    issuedAt: minutesAgo(60 * 24 * 39),
    activatedAt: minutesAgo(60 * 24 * 39),
    endedAt: minutesAgo(95),
    endedBy: 'wangqiang',
    reason: 'lost',
  },
];

/** A log whose newest record is a decision that the manager's card has signed. */
export const auditWithDecision = (before: readonly AuditRecord[]): readonly AuditRecord[] => {
  const act: OfficerAct = {
    act: 'release-from-quarantine',
    bankId: 'CW',
    stationId: 'ST-0101',
    officerId: managersCard.officerId,
    at: minutesAgo(1),
    about: aboutRelease({
      releaseId: '7d0a8b52-0c1e-4a3e-9b0d-55c1f2a97e10',
      mediumIdentity: '0f3a5be27731904c0f3a5be27731904c',
      finding: 'as-recorded',
      reason: 'Reader 2 had a loose contact',
      askedBy: 'zhaomin',
      note: '',
    }),
  };
  return [
    {
      sequence: before.length + 1,
      at: minutesAgo(1),
      officerId: managersCard.officerId,
      event: 'quarantine.decided',
      serial: '48120667',
      outcome: 'ok',
      data: {
        release: '7d0a8b52-0c1e-4a3e-9b0d-55c1f2a97e10',
        approved: true,
        askedBy: 'zhaomin',
        signedText: officerActText(act),
        signature: 'MEUCIQDV',
        certificate: 'MIIB',
      },
      hash: hash('77c0'),
    },
    ...before,
  ];
};

function of(
  { officerId, name, role, branch, certificateSha256, notAfter }: OfficerCardView,
  mediumSerial: string,
): Omit<OfficerCard, 'state' | 'issuedAt'> {
  return {
    officerId,
    name,
    role,
    branch,
    certificateSha256,
    certificateSerial: certificateSha256.slice(0, 32),
    mediumIdentity: Number(mediumSerial).toString(16).padStart(8, '0'),
    mediumSerial,
    stationId: 'ST-0101',
    issuedBy: 'wangqiang',
    notAfter,
  };
}

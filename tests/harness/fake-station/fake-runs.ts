import type { RunView } from '../../../electron/shared/contract/index.ts';
import type { CardState, MediumKind } from '../../../electron/shared/domain/index.ts';
import type { Fault } from '../../../electron/shared/result/index.ts';
import type {
  AtReader,
  RunState,
  StepProgress,
  Touches,
  TransferState,
} from '../../../electron/shared/workflow/index.ts';
import {
  certificateSerial,
  certificateSha256,
  fakeNow,
  firstCustomer,
  readers,
  sdSerial,
  simSerial,
} from './fake-data.ts';

type Part = readonly [name: string, touches: Touches | 'officer' | 'customer', tookMs: number];

const before: readonly Part[] = [
  ['customer-secrets', 'customer', 0],
  ['check-account-pin', 'bank', 310],
  ['choose-medium', 'officer', 0],
  ['inspect-medium', 'nothing', 140],
  ['reserve-card', 'bank', 95],
];
const onSim: readonly Part[] = [
  ['set-card-pin', 'card', 120],
  ['replace-keys', 'card', 150],
  ['generate-key', 'card', 860],
  ['report-keyed', 'bank', 60],
  ['sign-request', 'card', 210],
  ['enrol', 'bank', 180],
  ['write-certificate', 'card', 640],
  ['write-user-info', 'card', 980],
  ['write-chain', 'card', 520],
  ['write-card-identity', 'card', 410],
  ['write-marker', 'card', 90],
  ['report-written', 'bank', 55],
  ['read-back', 'card', 1240],
  ['prove', 'card', 260],
];
const onSd: readonly Part[] = [
  ['write-key', 'media', 420],
  ['report-keyed', 'bank', 60],
  ['enrol', 'bank', 180],
  ['write-certificate', 'media', 210],
  ['write-user-info', 'media', 190],
  ['write-client', 'media', 730],
  ['write-directory', 'media', 120],
  ['sign-manifest', 'bank', 85],
  ['write-manifest', 'media', 160],
  ['report-written', 'bank', 55],
  ['read-back', 'media', 1610],
  ['prove', 'media', 240],
];
const after: readonly Part[] = [
  ['register', 'bank', 70],
  ['hand-over', 'officer', 0],
  ['deliver', 'bank', 65],
  ['activate', 'bank', 60],
];

export const issueParts = (kind: MediumKind): readonly Part[] => [
  ...before,
  ...(kind === 'sd-card' ? onSd : onSim),
  ...after,
];

const isStep = (part: Part): part is readonly [string, Touches, number] =>
  part[1] !== 'officer' && part[1] !== 'customer';

const reached: Readonly<Record<string, CardState>> = {
  'inspect-medium': 'blank',
  'reserve-card': 'reserved',
  'report-keyed': 'keyed',
  enrol: 'certified',
  'report-written': 'written',
  prove: 'verified',
  register: 'registered',
  deliver: 'delivered',
  activate: 'active',
};

export const issueRunId = '01JPA4T9V7C2';
export const wipeRunId = '01JPA5WIPE01';

export interface IssueRunAt {
  readonly kind: MediumKind;
  /** The step or question it is at; everything before it is done. 'completed' | 'undone' end it. */
  readonly at: string;
  readonly fault?: Fault;
  readonly mayResume?: boolean;
  readonly undoing?: boolean;
  readonly entry?: RunView['customerEntry'];
  readonly transfer?: TransferState;
  readonly atReader?: AtReader;
  readonly runId?: string;
  readonly startedAt?: string;
}

/** A run of the issue-card workflow standing at one of its parts, as the station would show it. */
export function issueRun({
  kind,
  at,
  fault,
  mayResume = true,
  undoing,
  entry,
  transfer,
  atReader,
  runId = issueRunId,
  startedAt,
}: IssueRunAt): RunView {
  const parts = issueParts(kind);
  const index =
    at === 'completed' ? parts.length : at === 'undone' ? 0 : parts.findIndex(([name]) => name === at);
  if (index < 0) throw new Error(`no part ${at}`);
  const since = new Date(fakeNow - 640).toISOString();
  let clock = fakeNow - 90_000;
  const steps: StepProgress[] = [];
  let cardState: CardState | undefined;
  parts.forEach((part, position) => {
    const [name, touches, tookMs] = part;
    const done = position < index;
    if (done) cardState = reached[name] ?? cardState;
    if (!isStep(part)) return;
    const state: StepProgress['state'] = done
      ? 'done'
      : position > index || at === 'undone'
        ? 'waiting'
        : undoing
          ? 'undone'
          : fault
            ? 'failed'
            : 'working';
    clock += tookMs + 40;
    steps.push({
      step: name,
      touches: touches as Touches,
      state,
      ...(state !== 'waiting' && {
        startedAt: state === 'working' ? since : new Date(clock - tookMs).toISOString(),
      }),
      ...(state === 'done' && { tookMs }),
    });
  });
  const part = parts[index];
  const passed = (name: string): boolean => parts.findIndex(([other]) => other === name) < index;
  const state = ((): RunState => {
    if (at === 'completed') return { kind: 'completed', outcome: 'done' };
    if (at === 'undone' || !part) return { kind: 'completed', outcome: 'undone' };
    if (fault)
      return {
        kind: 'failed',
        at,
        fault,
        left: steps
          .filter((step) => step.state === 'done' && step.touches !== 'nothing')
          .map((step) => step.step)
          .toReversed(),
        mayResume,
        mayUndo: true,
      };
    if (undoing) return { kind: 'undoing', step: at, touches: isStep(part) ? part[1] : 'nothing' };
    if (!isStep(part))
      return {
        kind: 'asking',
        ask: { askId: `${at}-1`, kind: at, of: part[1] === 'customer' ? 'customer' : 'officer', data: {} },
        index,
        of: parts.length,
      };
    const working = { kind: 'working', step: at, index, of: parts.length, touches: part[1], since } as const;
    return { ...working, ...(transfer && { transfer }), ...(atReader && { atReader }) };
  })();
  const touching = steps.map((step) => step.touches === 'card' || step.touches === 'media');
  const stepIndex = steps.findIndex((step) => step.step === at);
  const held =
    state.kind === 'undoing' ||
    (state.kind === 'working' &&
      stepIndex >= touching.indexOf(true) &&
      stepIndex <= touching.lastIndexOf(true));
  return {
    runId,
    workflow: 'issue-card',
    state,
    steps,
    officerId: 'lina',
    startedAt: startedAt ?? new Date(fakeNow - 92_000).toISOString(),
    subject: {
      customerId: firstCustomer.customerId,
      customerName: firstCustomer.name,
      account: firstCustomer.accounts[0]?.number ?? '',
      ...(passed('choose-medium') && {
        mediumKind: kind,
        reader: kind === 'sd-card' ? readers.slot1 : readers.card1,
      }),
      ...(passed('inspect-medium') && { serial: kind === 'sd-card' ? sdSerial : simSerial }),
      ...(passed('reserve-card') && { cardId: 'CW7K3M9QX2' }),
      ...(cardState !== undefined && { cardState }),
      ...(passed('enrol') && { certificateSerial, certificateSha256 }),
      ...(passed('deliver') && { receiptNumber: 'CW-20260312-0047' }),
    },
    removal: held ? 'do-not-remove' : 'safe',
    ...(entry && { customerEntry: entry }),
  };
}

const wipeParts: readonly Part[] = [
  ['inspect-card', 'nothing', 180],
  ['revoke', 'bank', 90],
  ['wipe', 'card', 1420],
  ['verify-blank', 'card', 380],
  ['report-wiped', 'bank', 60],
];

const upgradeParts: readonly Part[] = [
  ['inspect-card', 'nothing', 310],
  ['write-client', 'media', 640],
  ['sign-manifest', 'bank', 90],
  ['write-manifest', 'media', 130],
  ['read-back', 'media', 420],
  ['report-client', 'media', 110],
];

/** A run of the upgrade-client workflow standing at one of its steps. */
export function upgradeRun(at: string): RunView {
  const run = cardRun('upgrade-client', upgradeParts, at);
  return { ...run, subject: { ...run.subject, mediumKind: 'sd-card', cardState: 'active' } };
}

const appletParts: readonly Part[] = [
  ['inspect-card', 'nothing', 420],
  ['load-applet', 'card', 1900],
  ['prove-applet', 'card', 510],
  ['report-applet', 'bank', 60],
];

/** A run of the upgrade-applet workflow: at one of its steps, or stopped there. */
export function appletRun(at: string, fault?: Fault): RunView {
  const run = cardRun('upgrade-applet', appletParts, at, fault);
  const { state } = run;
  return {
    ...run,
    ...(state.kind === 'failed' && { state: { ...state, left: ['load-applet'] } }),
    ...(state.kind === 'working' &&
      at === 'load-applet' && {
        state: { ...state, transfer: { doing: 'writing', doneBytes: 5_300, ofBytes: 11_800 } },
      }),
    subject: { ...run.subject, cardState: 'active' },
  };
}

const restartParts: readonly Part[] = [
  ['inspect-card', 'nothing', 310],
  ['check-account-pin', 'nothing', 120],
  ['begin-chain', 'bank', 80],
  ['write-client', 'media', 640],
  ['sign-manifest', 'bank', 90],
  ['write-manifest', 'media', 130],
  ['read-back', 'media', 420],
  ['finish-chain', 'media', 110],
  ['release-card', 'bank', 60],
];

/** A run of the restart-chain workflow: at one of its steps, or asking the customer for the PIN. */
export function restartRun(at: string, entry?: RunView['customerEntry'], fault?: Fault): RunView {
  const asking = at === 'customer-secrets';
  const run = cardRun('restart-chain', restartParts, asking ? 'check-account-pin' : at, fault);
  return {
    ...run,
    ...(asking && {
      state: {
        kind: 'asking',
        ask: { askId: 'customer-secrets-1', kind: 'customer-secrets', of: 'customer', data: {} },
        index: 1,
        of: restartParts.length,
      },
      steps: run.steps.map((step, index) => (index === 0 ? step : { ...step, state: 'waiting' })),
    }),
    ...(fault && {
      state: {
        kind: 'failed',
        at,
        fault,
        left: ['write-client', 'begin-chain'],
        mayResume: true,
        mayUndo: true,
      },
    }),
    ...(entry && { customerEntry: entry }),
    subject: {
      ...run.subject,
      mediumKind: 'sd-card',
      cardState: at === 'completed' ? 'active' : 'suspended',
    },
  };
}

/** A run of the wipe-card workflow standing at one of its steps. */
export const wipeRun = (at: string, fault?: Fault): RunView => cardRun('wipe-card', wipeParts, at, fault);

function cardRun(
  workflow: 'wipe-card' | 'upgrade-client' | 'upgrade-applet' | 'restart-chain',
  parts: readonly Part[],
  at: string,
  fault?: Fault,
): RunView {
  const index = at === 'completed' ? parts.length : parts.findIndex(([name]) => name === at);
  const part = parts[index];
  const touching = parts.map(([, touches]) => touches === 'card' || touches === 'media');
  const held = !fault && index >= touching.indexOf(true) && index <= touching.lastIndexOf(true);
  const state: RunState = !part
    ? { kind: 'completed', outcome: 'done' }
    : fault
      ? { kind: 'failed', at, fault, left: ['revoke'], mayResume: true, mayUndo: true }
      : {
          kind: 'working',
          step: at,
          index,
          of: parts.length,
          touches: isStep(part) ? part[1] : 'nothing',
          since: new Date(fakeNow - 500).toISOString(),
        };
  return {
    runId: wipeRunId,
    workflow,
    state,
    steps: parts.map(([step, touches, tookMs], position) => ({
      step,
      touches: touches as Touches,
      state: position < index ? 'done' : position > index ? 'waiting' : fault ? 'failed' : 'working',
      ...(position < index && { startedAt: new Date(fakeNow - 3000).toISOString(), tookMs }),
    })),
    officerId: 'zhaomin',
    startedAt: new Date(fakeNow - 4000).toISOString(),
    subject: {
      customerId: firstCustomer.customerId,
      customerName: firstCustomer.name,
      cardId: 'CW7K3M9QX2',
      cardState: index > 4 ? 'wiped' : index > 1 ? 'revoked' : 'active',
      mediumKind: 'sim',
      reader: readers.card1,
      serial: simSerial,
    },
    removal: held ? 'do-not-remove' : 'safe',
  };
}

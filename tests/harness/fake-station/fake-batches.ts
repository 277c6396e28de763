import type {
  BatchCard,
  BatchLane,
  BatchView,
  ReaderView,
  RunView,
} from '../../../electron/shared/contract/index.ts';
import type { Fault, FaultCode } from '../../../electron/shared/result/index.ts';
import type { RunState, StepProgress } from '../../../electron/shared/workflow/index.ts';
import { fakeNow, filledReaders, minutesAgo, readers, simMedium, smartCardMedium } from './fake-data.ts';

export const batchId = '4f1c09aa-7d52-4c7e-9a31-5be2077d0c11';

const prepareParts = [
  ['inspect-card', 'nothing', 210],
  ['replace-keys', 'card', 780],
  ['verify-prepared', 'card', 420],
  ['report-prepared', 'bank', 60],
] as const;

/** A run of a batch that prepares stock, standing at one of its steps. */
export function prepareRun(
  runId: string,
  reader: string,
  serial: string,
  at: string,
  fault?: Fault,
): RunView {
  const index = at === 'completed' ? prepareParts.length : prepareParts.findIndex(([name]) => name === at);
  const part = prepareParts[index];
  const since = new Date(fakeNow - 640).toISOString();
  const steps: StepProgress[] = prepareParts.map(([step, touches, tookMs], position) => ({
    step,
    touches,
    state: position < index ? 'done' : position > index ? 'waiting' : fault ? 'failed' : 'working',
    ...(position < index && { startedAt: new Date(fakeNow - 3000).toISOString(), tookMs }),
    ...(position === index && { startedAt: since }),
  }));
  const state: RunState = !part
    ? { kind: 'completed', outcome: 'done' }
    : fault
      ? { kind: 'failed', at, fault, left: ['replace-keys', 'inspect-card'], mayResume: true, mayUndo: true }
      : { kind: 'working', step: at, index, of: prepareParts.length, touches: part[1], since };
  return {
    runId,
    workflow: 'prepare-card',
    batchId,
    state,
    steps,
    officerId: 'zhaomin',
    startedAt: new Date(fakeNow - 2100).toISOString(),
    subject: {
      reader,
      mediumKind: 'smart-card',
      serial,
      cardState: index >= prepareParts.length ? 'prepared' : 'blank',
    },
    removal: part && !fault && index > 0 ? 'do-not-remove' : 'safe',
  };
}

const outcomes: readonly (readonly [BatchCard['outcome'], FaultCode?])[] = [
  ['good'],
  ['good'],
  ['refused', 'card-unsupported'],
  ['good'],
  ['good'],
  ['good'],
  ['failed', 'card-removed'],
  ['good'],
  ['quarantined', 'card-management-key-refused'],
  ['good'],
  ['good'],
];

/** The first so many cards of a morning, the same every time. */
export const endedCards = (count: number): BatchCard[] =>
  Array.from({ length: count }, (_, index) => {
    const [outcome, faultCode] = outcomes[index % outcomes.length] ?? ['good'];
    return {
      runId: `01JPB${String(index).padStart(7, '0')}`,
      reader: index % 2 === 0 ? readers.card1 : readers.card2,
      at: new Date(fakeNow - (count - index) * 9000).toISOString(),
      tookMs: 1480 + ((index * 137) % 600),
      outcome,
      ...(faultCode !== undefined && { faultCode }),
      ...(faultCode !== 'card-unsupported' && {
        kind: 'smart-card',
        serial: String(48_120_377 + index * 29),
      }),
    };
  });

const lane = (reader: string, state: BatchLane['state'], more: Partial<BatchLane> = {}): BatchLane => ({
  reader,
  state,
  ended: 5,
  ...more,
});

export const laneRuns = { card1: '01JPBLANE001', card2: '01JPBLANE002' } as const;

/** A batch as the station would show it, with two lanes. */
export function batchAt(more: Partial<BatchView> = {}, cards = 11): BatchView {
  const ended = endedCards(cards);
  const count = (outcome: BatchCard['outcome']) => ended.filter((card) => card.outcome === outcome).length;
  return {
    batchId,
    work: 'prepare',
    officerId: 'zhaomin',
    startedAt: minutesAgo(6),
    phase: 'running',
    policy: { sameFaultInARow: 3, quarantined: 2, atOnce: [] },
    lanes: [
      lane(readers.card1, 'working', { runId: laneRuns.card1 }),
      lane(readers.card2, 'take-out', { runId: laneRuns.card2, last: ended.at(-1), ended: 6 }),
    ],
    counts: {
      good: count('good'),
      refused: count('refused'),
      failed: count('failed'),
      quarantined: count('quarantined'),
      undone: 0,
    },
    cards: ended.toReversed(),
    ...more,
  };
}

/** Both card readers are lanes of the batch, with a card in each. */
export const laneReaders: readonly ReaderView[] = filledReaders.map((view) => {
  if (view.reader === readers.card1)
    return { ...view, medium: { ...smartCardMedium, serial: '48120696' }, leasedBy: laneRuns.card1 };
  if (view.reader === readers.card2)
    return { ...view, medium: { ...simMedium, kind: 'smart-card', serial: '48120667' }, leasedBy: batchId };
  return view;
});

import { isUnfinished, useStationSnapshot } from '../../bridge/index.ts';
import type { CardInspection, ReaderView, RunView } from '../../../electron/shared/contract/index.ts';
import type { CardState, MediumKind } from '../../../electron/shared/domain/index.ts';
import type { Fault } from '../../../electron/shared/result/index.ts';
import { useWords } from '../../words/index.ts';
import { useReaderName } from '../use-reader-name.ts';
import { partsOfRun, plannedParts, type PartStates } from './card-parts.ts';
import { usePanelSubject, type PanelSubject } from './panel-subject.tsx';

/** Everything the panel shows of one card. */
export interface PanelCard {
  readonly kind: MediumKind | 'unknown';
  readonly readerLabel: string | undefined;
  readonly state: CardState | undefined;
  /** How far along the road it has come, also when its state lies beside the road. */
  readonly reached: CardState | undefined;
  readonly parts: PartStates;
  /** A run holds it that is not finished. */
  readonly running: boolean;
  /** What is shown was read from the card itself. */
  readonly inspected: boolean;
  readonly content: CardInspection['content'] | undefined;
  readonly usable: boolean;
  readonly refusals: readonly Fault[];
  readonly bank: string | undefined;
  readonly name: string | undefined;
  readonly serial: string | undefined;
  readonly locked: boolean | undefined;
  readonly cardId: string | undefined;
  readonly account: string | undefined;
  readonly certificateSerial: string | undefined;
  readonly certificateSha256: string | undefined;
  readonly atr: string | undefined;
  readonly sizeBytes: number | undefined;
  readonly freeBytes: number | undefined;
  readonly fileSystem: string | undefined;
  readonly history: readonly { readonly step: string; readonly at: string }[];
}

/** The card in question; without one, what lies in the first reader that holds something. */
export function usePanelCard(): PanelCard | undefined {
  const subject = usePanelSubject();
  const { readers, runs, connection } = useStationSnapshot();
  const { locale } = useWords();
  const nameOf = useReaderName();
  const bank = locale === 'en' ? connection?.bank.nameLatin : connection?.bank.name;

  const run = runs.find((candidate) => candidate.runId === subject.runId);
  const wanted = subject.reader ?? run?.subject.reader;
  const reader = wanted
    ? readers.find((candidate) => candidate.reader === wanted)
    : (readers.find((candidate) => candidate.medium && candidate.leasedBy !== undefined && !run) ??
      readers.find((candidate) => candidate.medium));
  const held = run ?? runs.find((other) => other.runId === reader?.leasedBy && isUnfinished(other));
  return panelCard(subject, held, reader, reader && nameOf(reader), bank);
}

function panelCard(
  subject: PanelSubject,
  run: RunView | undefined,
  reader: ReaderView | undefined,
  readerLabel: string | undefined,
  bank: string | undefined,
): PanelCard | undefined {
  const medium = reader?.medium;
  const kind = run?.subject.mediumKind ?? subject.found?.kind ?? medium?.kind;
  if (kind === undefined) return undefined;
  const record = subject.found?.record;
  /** Until the run knows its medium, the panel shows what lies in the reader. */
  const bound = run?.subject.mediumKind !== undefined ? run : undefined;
  const state = bound ? stateOfRun(bound) : subject.found?.state;
  return {
    kind,
    readerLabel,
    state,
    reached: bound
      ? bound.subject.cardState
      : (state ?? (medium?.refusals.length === 0 ? 'blank' : undefined)),
    parts: bound ? partsOfRun(bound) : (subject.found?.parts ?? plannedParts(kind)),
    running: run !== undefined && isUnfinished(run),
    inspected: bound ? bound.workflow !== 'issue-card' : subject.found !== undefined,
    content: bound ? undefined : subject.found?.content,
    usable: !bound && medium?.refusals.length === 0,
    refusals: bound ? [] : (medium?.refusals ?? []),
    bank,
    name: run?.subject.customerName ?? record?.customerName,
    serial: run?.subject.serial ?? record?.medium.serial ?? medium?.serial,
    locked: medium?.writeProtected,
    cardId: run?.subject.cardId ?? record?.cardId,
    account: run?.subject.account,
    certificateSerial: run?.subject.certificateSerial ?? record?.certificate?.serial,
    certificateSha256: run?.subject.certificateSha256 ?? record?.certificate?.sha256,
    atr: medium?.atr,
    sizeBytes: medium?.sizeBytes,
    freeBytes: medium?.freeBytes,
    fileSystem: medium?.fileSystem,
    history: (run?.steps ?? [])
      .filter((step) => step.state === 'done' && step.startedAt !== undefined)
      .map((step) => ({ step: step.step, at: step.startedAt ?? '' }))
      .toReversed(),
  };
}

/** A run that stands at a fault has a card that is interrupted, wherever its road had led it. */
function stateOfRun(run: RunView): CardState | undefined {
  if (run.state.kind === 'failed' && run.subject.cardState !== undefined && run.state.left.length > 0)
    return 'broken';
  return run.subject.cardState;
}

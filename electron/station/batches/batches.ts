import { randomUUID } from 'node:crypto';
import type {
  BatchCard,
  BatchHold,
  BatchLane,
  BatchPolicy,
  BatchView,
  BatchWork,
  ReaderView,
} from '../../shared/contract/index.ts';
import { fail, faultTable, ok, type Fault, type Result } from '../../shared/result/index.ts';
import type { Run } from '../../shared/workflow/index.ts';
import type { AuditEvent } from '../audit/audit-events.ts';
import type { AuditLog, NewAuditRecord } from '../audit/audit-log.ts';
import type { Readers } from '../readers/readers.ts';
import type { WipeReason } from '../reprovision/wipe-reason.ts';
import { batchOf } from '../runs/batch-of.ts';
import type { Runs } from '../runs/runs.ts';
import { tripOf } from './batch-breaker.ts';
import { batchRecordOf, countsOf, type BatchEntry, type BatchHeader } from './batch-record.ts';
import type { BatchStore } from './batch-store.ts';
import { cardOf, nothingStands } from './card-of-run.ts';

/** One card of a batch, as its run begins. */
export interface CardOrder {
  readonly batchId: string;
  readonly reader: string;
  readonly officerId: string;
  readonly bankId: string;
  readonly reason: WipeReason | undefined;
}

export interface BatchOrder {
  readonly work: BatchWork;
  readonly readers: readonly string[];
  readonly reason?: WipeReason | undefined;
  readonly officerId: string;
  readonly bankId: string;
}

/**
 * The batches of this station, one open at a time. Each card is a run of its own in the journal; a lane only
 * begins the next one when a card is put in, and the breaker says when none begins any more.
 */
export interface Batches {
  /** Newest first. Faults: those of the database. */
  list(limit: number): Result<BatchView[]>;
  /** Faults: batch-unknown, journal-damaged. */
  find(batchId: string): Result<BatchView>;
  /** Every card of it, in the order in which they ended. */
  cards(batchId: string): Result<readonly BatchCard[]>;
  /** Faults: batch-open, reader-unknown, reader-busy, bad-input (a reader that cannot take these cards). */
  start(order: BatchOrder): Result<BatchView>;
  /** After a hold: runs that wait for nothing but this are resumed, and lanes take cards again. */
  goOn(batchId: string, officerId: string): Result<void>;
  /** Cards under way end, no other begins; then the batch is over. */
  stop(batchId: string, officerId: string): Result<void>;
  /** The run at this lane stays in the journal as it stands, and the lane takes the next card. Fault: run-unknown. */
  setAside(batchId: string, reader: string): Result<void>;
  onChange(listener: (view: BatchView) => void): () => void;
  /** The station stops: an open batch stays open on the disk. */
  close(): void;
}

export interface BatchesOptions {
  readonly store: BatchStore;
  readonly audit: AuditLog;
  readonly runs: Runs;
  readonly readers: Readers;
  readonly policy: BatchPolicy;
  begin(work: BatchWork, order: CardOrder, runId: string): Result<Run>;
  now(): Date;
  onBug(where: string, error: unknown): void;
}

interface Lane {
  readonly reader: string;
  runId?: string | undefined;
  /** The insertion that had its turn. */
  handled?: number | undefined;
  /** How the run stands is in the record. */
  recorded: boolean;
  /** Nothing of the run stands anywhere, so it is closed without a question. */
  closing: boolean;
  /** Over for this lane, though the run may not be. */
  over: boolean;
  last?: BatchCard | undefined;
  ended: number;
}

interface Open {
  readonly header: BatchHeader;
  readonly entries: BatchEntry[];
  readonly lanes: readonly Lane[];
}

const shownCards = 200;

/** Opens the batch that the last stop left open; it is held until a person says to go on. */
export function openBatches(options: BatchesOptions): Result<Batches> {
  const { store, audit, runs, readers, now, onBug } = options;
  const listeners = new Set<(view: BatchView) => void>();
  let open: Open | undefined;

  /** What follows may end the batch, which the compiler does not see. */
  const openNow = (): Open | undefined => open;
  const changed = () => {
    if (!open) return;
    const view = viewOf(open);
    for (const listener of listeners) listener(view);
  };

  const write = (batch: Open, entry: BatchEntry, record: NewAuditRecord<AuditEvent>): Result<void> => {
    const written = store.append(batch.header.batchId, entry, () => audit.append(record));
    if (written.ok) batch.entries.push(entry);
    return written;
  };
  const about = ({ header }: Open) => ({ runId: header.batchId, officerId: header.officerId });

  const readerView = (reader: string): ReaderView | undefined =>
    readers.views().find((view) => view.reader === reader);
  const runOf = ({ runId }: Lane): Run | undefined => {
    if (runId === undefined) return undefined;
    const found = runs.find(runId);
    return found.ok ? found.value : undefined;
  };

  const hold = (batch: Open, why: Omit<BatchHold, 'at'>): Result<void> => {
    const at = now().toISOString();
    return write(
      batch,
      { kind: 'held', hold: { ...why, at } },
      {
        ...about(batch),
        event: 'batch.held',
        outcome: why.why === 'restart' ? 'ok' : 'failed',
        data: {
          why: why.why,
          ...(why.count !== undefined && { count: why.count }),
          ...(why.faultCode !== undefined && { fault: why.faultCode }),
        },
      },
    );
  };

  const recordCard = (batch: Open, lane: Lane, card: BatchCard): void => {
    const { work, batchId, officerId } = batch.header;
    lane.recorded = true;
    lane.last = card;
    const written = write(
      batch,
      { kind: 'card-ended', card },
      {
        event: 'batch.card-ended',
        outcome: card.outcome === 'good' ? 'ok' : card.outcome === 'refused' ? 'refused' : 'failed',
        officerId,
        runId: card.runId,
        reader: card.reader,
        serial: card.serial,
        data: {
          batch: batchId,
          work,
          result: card.outcome,
          ...(card.faultCode !== undefined && { fault: card.faultCode }),
        },
      },
    );
    if (!written.ok) {
      // Without a record no further card is begun; the runs themselves are in the journal.
      onBug(`batches/${batchId}`, new Error(written.fault.code));
      return;
    }
    const record = batchRecordOf(batch.entries);
    const trip = record.phase === 'running' ? tripOf(batch.header.policy, record.recent) : undefined;
    if (trip) hold(batch, trip);
  };

  /** What the run at this lane has come to. */
  const followRun = (batch: Open, lane: Lane, run: Run): void => {
    const state = run.state();
    if (state.kind === 'working' || state.kind === 'undoing' || state.kind === 'asking') {
      if (!lane.closing) lane.recorded = false;
      // A card that was put back has had its turn when this run is over.
      lane.handled = readerView(lane.reader)?.medium?.insertion ?? lane.handled;
      return;
    }
    if (!lane.recorded && !lane.closing) {
      const card = cardOf(run, lane.reader, now());
      if (state.kind === 'completed') {
        recordCard(batch, lane, card);
        lane.over = true;
      } else {
        const closes = nothingStands(run);
        lane.closing = closes;
        recordCard(batch, lane, card);
        // Nobody can do anything for it here: what is in quarantine waits for two officers.
        if (closes || card.outcome === 'quarantined') lane.over = true;
        if (closes) run.undo();
      }
    } else if (state.kind === 'completed') lane.over = true;
  };

  const clear = (lane: Lane): void => {
    if (lane.runId !== undefined) lane.ended += 1;
    lane.runId = undefined;
    lane.over = false;
    lane.closing = false;
    lane.recorded = false;
  };

  const followLane = (batch: Open, lane: Lane): void => {
    const run = runOf(lane);
    if (run) followRun(batch, lane, run);
    const medium = readerView(lane.reader)?.medium;
    if (lane.over && medium?.insertion !== lane.handled) clear(lane);
    if (lane.runId !== undefined || batchRecordOf(batch.entries).phase !== 'running') return;
    if (!medium || medium.insertion === lane.handled) return;
    lane.handled = medium.insertion;
    const { batchId, work, officerId, bankId, reason } = batch.header;
    const runId = randomUUID();
    readers.admitToLane(batchId, runId);
    const begun = options.begin(work, { batchId, reader: lane.reader, officerId, bankId, reason }, runId);
    if (begun.ok) lane.runId = runId;
    else hold(batch, { why: 'at-once', faultCode: begun.fault.code, count: 1 });
  };

  let following = false;
  let again = false;
  /** Starting a run tells of its beginning at once, which comes back here. */
  const follow = (): void => {
    if (!open) return;
    again = true;
    if (following) return;
    following = true;
    while (again) {
      again = false;
      const batch = openNow();
      if (!batch) break;
      for (const lane of batch.lanes) followLane(batch, lane);
      endIfOver(batch);
    }
    following = false;
    changed();
  };

  const endIfOver = (batch: Open): void => {
    if (batchRecordOf(batch.entries).phase !== 'stopping') return;
    const underWay = batch.lanes.some((lane) => {
      const kind = runOf(lane)?.state().kind;
      return kind === 'working' || kind === 'undoing';
    });
    if (underWay) return;
    const counts = countsOf(batchRecordOf(batch.entries).cards);
    const ended = write(
      batch,
      { kind: 'ended', at: now().toISOString() },
      { ...about(batch), event: 'batch.ended', outcome: 'ok', data: { work: batch.header.work, ...counts } },
    );
    if (!ended.ok) return;
    readers.closeLanes(batch.header.batchId);
    const view = viewOf(batch);
    open = undefined;
    for (const listener of listeners) listener(view);
  };

  const laneView = (phase: BatchView['phase'], lane: Lane): BatchLane => {
    const run = runOf(lane);
    const state = run?.state();
    const view = readerView(lane.reader);
    const fault = state?.kind === 'failed' && !lane.over ? state.fault : undefined;
    const stateOf = (): BatchLane['state'] => {
      if (state && (state.kind === 'working' || state.kind === 'undoing') && !lane.closing) return 'working';
      if (fault) return 'decide';
      if (!view) return 'gone';
      if (lane.over && view.medium) return 'take-out';
      if (!view.medium) return 'empty';
      return phase === 'running' && view.medium.insertion !== lane.handled ? 'working' : 'paused';
    };
    return {
      reader: lane.reader,
      state: stateOf(),
      ...(lane.runId !== undefined && { runId: lane.runId }),
      ...(fault && { fault }),
      ...(lane.last && { last: lane.last }),
      ended: lane.ended + (lane.over ? 1 : 0),
    };
  };

  const viewOf = (batch: Open): BatchView => {
    const { header, entries, lanes } = batch;
    const record = batchRecordOf(entries);
    return {
      batchId: header.batchId,
      work: header.work,
      officerId: header.officerId,
      startedAt: header.startedAt,
      ...(record.endedAt !== undefined && { endedAt: record.endedAt }),
      phase: record.phase,
      ...(record.hold && { hold: record.hold }),
      policy: header.policy,
      lanes: lanes.map((lane) => laneView(record.phase, lane)),
      counts: countsOf(record.cards),
      cards: record.cards.toReversed().slice(0, shownCards),
    };
  };

  const stored = (batchId: string): Result<Open> => {
    if (open?.header.batchId === batchId) return ok(open);
    const read = store.read(batchId);
    if (!read.ok) return read;
    const { header, entries } = read.value;
    const { cards } = batchRecordOf(entries);
    const lanes = header.readers.map((reader) => {
      const ofLane = cards.filter((card) => card.reader === reader);
      return { ...newLane(reader), last: ofLane.at(-1), ended: ofLane.length };
    });
    return ok({ header, entries: [...entries], lanes });
  };
  const openOne = (batchId: string): Result<Open> =>
    open?.header.batchId === batchId ? ok(open) : fail('batch-unknown', { batchId });

  const newLane = (reader: string): Lane => ({
    reader,
    recorded: false,
    closing: false,
    over: false,
    ended: 0,
  });

  const recovered = recover();
  if (!recovered.ok) return recovered;
  const stops = [
    readers.onChange(follow),
    runs.onChange((run) => {
      if (batchOf(run.header) === open?.header.batchId) follow();
    }),
  ];

  /** Lanes as the runs in the journal left them. A card whose ending was not written before the stop is written now. */
  function recover(): Result<void> {
    const found = store.openOne();
    if (!found.ok || found.value === undefined) return found.ok ? ok() : found;
    const read = store.read(found.value);
    if (!read.ok) return read;
    const { header } = read.value;
    const batch: Open = {
      header,
      entries: [...read.value.entries],
      lanes: header.readers.map(newLane),
    };
    readers.openLanes(header.batchId, header.readers);
    const known = new Set(batchRecordOf(batch.entries).cards.map(({ runId }) => runId));
    for (const run of runs.ofBatch(header.batchId)) {
      readers.admitToLane(header.batchId, run.runId);
      const reader = readerOf(run);
      const lane = batch.lanes.find((each) => each.reader === reader);
      if (!lane) continue;
      const state = run.state();
      if (state.kind === 'completed') {
        if (!known.has(run.runId)) recordCard(batch, lane, cardOf(run, lane.reader, now()));
        clear(lane);
      } else if (lane.runId === undefined && !isSetAside(batch, run.runId)) {
        lane.runId = run.runId;
        // That the program ended is no fault of the card's.
        lane.recorded = true;
      }
    }
    const { phase } = batchRecordOf(batch.entries);
    open = batch;
    if (phase === 'running') return hold(batch, { why: 'restart' });
    if (phase === 'stopping') endIfOver(batch);
    return ok();
  }

  return ok({
    list(limit) {
      const ids = store.newest(limit);
      if (!ids.ok) return ids;
      const views: BatchView[] = [];
      for (const batchId of ids.value) {
        const batch = stored(batchId);
        if (batch.ok) views.push(viewOf(batch.value));
        else onBug(`batches/${batchId}`, new Error(batch.fault.code));
      }
      return ok(views);
    },
    find(batchId) {
      const batch = stored(batchId);
      return batch.ok ? ok(viewOf(batch.value)) : batch;
    },
    cards(batchId) {
      const batch = stored(batchId);
      return batch.ok ? ok(batchRecordOf(batch.value.entries).cards) : batch;
    },
    start({ work, readers: wanted, reason, officerId, bankId }) {
      if (open) return fail('batch-open', { batchId: open.header.batchId });
      for (const reader of wanted) {
        const view = readerView(reader);
        if (!view) return fail('reader-unknown', { reader });
        if (view.leasedBy !== undefined) return fail('reader-busy', { reader, runId: view.leasedBy });
        if (work === 'prepare' && view.takes !== 'card') return fail('bad-input', { fields: 'readers' });
      }
      const header: BatchHeader = {
        batchId: randomUUID(),
        work,
        readers: [...new Set(wanted)],
        ...(reason !== undefined && { reason }),
        policy: options.policy,
        officerId,
        bankId,
        startedAt: now().toISOString(),
      };
      const opened = store.open(header, () =>
        audit.append({
          event: 'batch.started',
          outcome: 'ok',
          officerId,
          runId: header.batchId,
          data: { work, lanes: header.readers.length, ...(reason !== undefined && { reason }) },
        }),
      );
      if (!opened.ok) return opened;
      readers.openLanes(header.batchId, header.readers);
      const batch: Open = { header, entries: [], lanes: header.readers.map(newLane) };
      open = batch;
      follow();
      return ok(viewOf(batch));
    },
    goOn(batchId, officerId) {
      const batch = openOne(batchId);
      if (!batch.ok) return batch;
      if (batchRecordOf(batch.value.entries).phase !== 'held') return ok();
      const written = write(
        batch.value,
        { kind: 'went-on', at: now().toISOString(), officerId },
        { event: 'batch.went-on', outcome: 'ok', runId: batchId, officerId },
      );
      if (!written.ok) return written;
      for (const lane of batch.value.lanes) {
        const run = runOf(lane);
        const state = run?.state();
        // What the station or the way to the bank had stopped; whatever a card needs is decided at its lane.
        if (run && !lane.over && state?.kind === 'failed' && waitsOnly(state.fault) && state.mayResume)
          run.resume();
      }
      follow();
      return ok();
    },
    stop(batchId, officerId) {
      const batch = openOne(batchId);
      if (!batch.ok) return batch;
      if (batchRecordOf(batch.value.entries).phase === 'stopping') return ok();
      const written = write(
        batch.value,
        { kind: 'stopped', at: now().toISOString(), officerId },
        { event: 'batch.stopped', outcome: 'ok', runId: batchId, officerId },
      );
      if (!written.ok) return written;
      follow();
      return ok();
    },
    setAside(batchId, reader) {
      const batch = openOne(batchId);
      if (!batch.ok) return batch;
      const lane = batch.value.lanes.find((each) => each.reader === reader);
      const run = lane && runOf(lane);
      if (!lane || run?.state().kind !== 'failed') return fail('run-unknown', { reader });
      lane.over = true;
      // The card that lies there, if it still does, is the one that was set aside.
      lane.handled = readerView(reader)?.medium?.insertion;
      follow();
      return ok();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      for (const stop of stops) stop();
      open = undefined;
    },
  });
}

const waitsOnly = ({ code }: Fault): boolean => faultTable[code].remedy === 'resume';

const readerOf = ({ header }: Run): string | undefined => {
  const { input } = header;
  return typeof input === 'object' && input !== null && 'reader' in input && typeof input.reader === 'string'
    ? input.reader
    : undefined;
};

/** It ended for its lane already: refused, in quarantine, or put away by a person who took the next card. */
const isSetAside = ({ entries }: Open, runId: string): boolean =>
  batchRecordOf(entries).cards.some((card) => card.runId === runId && card.outcome === 'quarantined');

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, RunView, StationDescription, TraceLine } from '../../shared/contract/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Runs } from '../runs/runs.ts';
import type { StationHandlers } from '../station-handlers.ts';
import type { Readers } from './readers.ts';
import type { TraceBook } from './trace-book.ts';

export interface DiagnosticsRoom {
  readonly trace: TraceBook;
  readonly audit: AuditLog;
  readonly readers: Readers;
  readonly runs: Runs;
  readonly receiptFolder: string;
  readonly description: Omit<StationDescription, 'connection'>;
  connection(): Connection;
  now(): Date;
}

const mostLines = 1000;
const mostRecords = 300;

/** What a technician sees of the talk with a card, and the file that goes to who mends it. */
export function diagnosticsHandlers(
  room: DiagnosticsRoom,
): StationHandlers<'devices.trace' | 'devices.saveDiagnostics'> {
  const { trace, audit, readers, runs, receiptFolder, description, now } = room;

  const runOf = (runId: string | undefined): Result<RunView | undefined> => {
    if (runId === undefined) return ok(undefined);
    const run = runs.find(runId);
    return run.ok ? ok(runs.view(run.value)) : run;
  };

  return {
    'devices.trace': ({ reader, runId, limit }) => ok({ lines: trace.read({ reader, runId }, limit) }),

    'devices.saveDiagnostics': ({ runId }, { officerId }) => {
      const run = runOf(runId);
      if (!run.ok) return run;
      const records = audit.search({ runId }, { limit: mostRecords });
      if (!records.ok) return records;
      const { stationId, version, host, training } = description;
      const lines = trace.read({ runId }, mostLines);
      const text = JSON.stringify(
        {
          format: 'cardwright-diagnostics',
          version: 1,
          madeAt: now().toISOString(),
          station: { stationId, version, host, training },
          connection: room.connection(),
          readers: readers.views(),
          run: run.value && withoutCustomer(run.value),
          records: records.value.records.map(({ customerId: _customer, ...record }) => record),
          trace: lines.map(withoutContent),
        },
        undefined,
        2,
      );
      const sha256 = createHash('sha256').update(text).digest('hex');
      const name = `${training ? 'TRAINING-' : ''}diagnostics-${(runId ?? stationId).slice(0, 8)}-${now().getTime()}.json`;
      const path = join(receiptFolder, name);
      try {
        mkdirSync(receiptFolder, { recursive: true });
        writeFileSync(path, text, { mode: 0o600 });
      } catch {
        return fail('storage-full', { path });
      }
      const written = audit.append({
        event: 'diagnostics.saved',
        outcome: 'ok',
        officerId,
        runId,
        data: { sha256, lines: lines.length },
      });
      return written.ok ? ok({ path, sha256 }) : written;
    },
  };
}

/** What was read of a card's objects may be a certificate with a name in it. */
function withoutContent({ data, ...line }: TraceLine): TraceLine {
  const isRead = ['ca', 'cb', 'c0'].includes(line.header.slice(2, 4)) && line.direction === 'response';
  return data === undefined || isRead ? line : { ...line, data };
}

/** Who mends a station need not know whose card it was. */
function withoutCustomer(run: RunView): RunView {
  const { customerId: _id, customerName: _name, account: _account, ...subject } = run.subject;
  return { ...run, subject };
}

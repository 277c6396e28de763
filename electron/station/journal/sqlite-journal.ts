import { fail, ok, type Result } from '../../shared/result/index.ts';
import {
  journalEntry,
  type Journal,
  type JournalEntry,
  type RunHeader,
} from '../../shared/workflow/index.ts';
import type { StationDatabase } from './station-database.ts';

/** The journal on disk, and what a list of runs needs beyond it. */
export interface StationJournal extends Journal {
  /** Completed runs, newest first. */
  completed(limit: number): Result<readonly RunHeader[]>;
}

/**
 * Runs and their entries in SQLite. `record` is called inside the same transaction for every opening and
 * entry, so that there is never an entry without its audit record, nor the other way round.
 */
export function sqliteJournal(
  database: StationDatabase,
  record: (header: RunHeader, entry: JournalEntry | undefined) => Result<void> = () => ok(),
): StationJournal {
  const { db } = database;
  const insertRun = db.prepare(
    'INSERT INTO runs (run_id, workflow, input, officer_id, started_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const selectRun = db.prepare<[string], RunRow>('SELECT * FROM runs WHERE run_id = ?');
  const completeRun = db.prepare('UPDATE runs SET completed = ? WHERE run_id = ?');
  const insertEntry = db.prepare(
    'INSERT INTO journal (run_id, number, entry) SELECT @runId, coalesce(max(number), 0) + 1, @entry FROM journal WHERE run_id = @runId',
  );
  const selectEntries = db.prepare<[string], { entry: string }>(
    'SELECT entry FROM journal WHERE run_id = ? ORDER BY number',
  );
  const selectUnfinished = db.prepare<[], RunRow>(
    'SELECT * FROM runs WHERE completed IS NULL ORDER BY started_at, run_id',
  );
  const selectCompleted = db.prepare<[number], RunRow>(
    'SELECT * FROM runs WHERE completed IS NOT NULL ORDER BY started_at DESC LIMIT ?',
  );
  const headers = new Map<string, RunHeader>();

  const headerOf = (runId: string): RunHeader | undefined => {
    const known = headers.get(runId);
    if (known) return known;
    const row = selectRun.get(runId);
    if (!row) return undefined;
    const header = headerFrom(row);
    headers.set(runId, header);
    return header;
  };

  return {
    open: (header) =>
      database.write(() => {
        const { changes } = insertRun.run(
          header.runId,
          header.workflow,
          JSON.stringify(header.input),
          header.officerId,
          header.startedAt,
        );
        return changes === 1 ? record(header, undefined) : fail('run-busy', { runId: header.runId });
      }),
    append: (runId, entry) =>
      database.write(() => {
        const header = headerOf(runId);
        if (!header) return fail('run-unknown', { runId });
        insertEntry.run({ runId, entry: JSON.stringify(entry) });
        if (entry.kind === 'completed') {
          completeRun.run(entry.outcome, runId);
          headers.delete(runId);
        }
        return record(header, entry);
      }),
    read(runId) {
      const read = database.read(() => ({ row: selectRun.get(runId), rows: selectEntries.all(runId) }));
      if (!read.ok) return read;
      const { row, rows } = read.value;
      if (!row) return fail('run-unknown', { runId });
      const entries: JournalEntry[] = [];
      for (const { entry } of rows) {
        const parsed = journalEntry.safeParse(parseJson(entry));
        if (!parsed.success) return fail('journal-damaged', { runId, file: database.file });
        entries.push(parsed.data);
      }
      return ok({ header: headerFrom(row), entries });
    },
    unfinished() {
      const rows = database.read(() => selectUnfinished.all());
      return rows.ok ? ok(rows.value.map(headerFrom)) : rows;
    },
    completed(limit) {
      const rows = database.read(() => selectCompleted.all(limit));
      return rows.ok ? ok(rows.value.map(headerFrom)) : rows;
    },
  };
}

interface RunRow {
  readonly run_id: string;
  readonly workflow: string;
  readonly input: string;
  readonly officer_id: string;
  readonly started_at: string;
}

const headerFrom = (row: RunRow): RunHeader => ({
  runId: row.run_id,
  workflow: row.workflow,
  // Checked against the workflow's own schema when the run is reopened.
  input: parseJson(row.input),
  officerId: row.officer_id,
  startedAt: row.started_at,
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

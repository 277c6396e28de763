import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { StationDatabase } from '../journal/station-database.ts';
import { batchEntry, batchHeader, type BatchEntry, type BatchHeader } from './batch-record.ts';

/** A batch as it lies on the disk. */
export interface StoredBatch {
  readonly header: BatchHeader;
  readonly entries: readonly BatchEntry[];
}

/** Batches and their entries in the station's database, each written together with its audit record. */
export interface BatchStore {
  /** `record` is called inside the same transaction. Faults: those of the database. */
  open(header: BatchHeader, record: () => Result<void>): Result<void>;
  append(batchId: string, entry: BatchEntry, record: () => Result<void>): Result<void>;
  /** Faults: batch-unknown, journal-damaged. */
  read(batchId: string): Result<StoredBatch>;
  /** Newest first; the one that is open is among them. */
  newest(limit: number): Result<readonly string[]>;
  openOne(): Result<string | undefined>;
}

interface BatchRow {
  readonly header: string;
}

export function batchStore(database: StationDatabase): BatchStore {
  const { db } = database;
  const insert = db.prepare('INSERT INTO batches (batch_id, header, started_at) VALUES (?, ?, ?)');
  const insertEntry = db.prepare(
    'INSERT INTO batch_entries (batch_id, number, entry) SELECT @batchId, coalesce(max(number), 0) + 1, @entry FROM batch_entries WHERE batch_id = @batchId',
  );
  const end = db.prepare('UPDATE batches SET ended_at = ? WHERE batch_id = ?');
  const select = db.prepare<[string], BatchRow>('SELECT header FROM batches WHERE batch_id = ?');
  const selectEntries = db.prepare<[string], { entry: string }>(
    'SELECT entry FROM batch_entries WHERE batch_id = ? ORDER BY number',
  );
  const selectNewest = db.prepare<[number], { batch_id: string }>(
    'SELECT batch_id FROM batches ORDER BY started_at DESC, batch_id LIMIT ?',
  );
  const selectOpen = db.prepare<[], { batch_id: string }>(
    'SELECT batch_id FROM batches WHERE ended_at IS NULL ORDER BY started_at LIMIT 1',
  );

  return {
    open: (header, record) =>
      database.write(() => {
        insert.run(header.batchId, JSON.stringify(header), header.startedAt);
        return record();
      }),
    append: (batchId, entry, record) =>
      database.write(() => {
        insertEntry.run({ batchId, entry: JSON.stringify(entry) });
        if (entry.kind === 'ended') end.run(entry.at, batchId);
        return record();
      }),
    read(batchId) {
      const read = database.read(() => ({ row: select.get(batchId), rows: selectEntries.all(batchId) }));
      if (!read.ok) return read;
      const { row, rows } = read.value;
      if (!row) return fail('batch-unknown', { batchId });
      const damaged = fail('journal-damaged', { batchId, file: database.file });
      const header = batchHeader.safeParse(parseJson(row.header));
      if (!header.success) return damaged;
      const entries: BatchEntry[] = [];
      for (const { entry } of rows) {
        const parsed = batchEntry.safeParse(parseJson(entry));
        if (!parsed.success) return damaged;
        entries.push(parsed.data);
      }
      return ok({ header: header.data, entries });
    },
    newest(limit) {
      const rows = database.read(() => selectNewest.all(limit));
      return rows.ok ? ok(rows.value.map(({ batch_id }) => batch_id)) : rows;
    },
    openOne() {
      const row = database.read(() => selectOpen.get());
      return row.ok ? ok(row.value?.batch_id) : row;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

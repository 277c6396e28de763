import {
  auditRecord,
  type AuditFilter,
  type AuditRecord,
  type AuditVerification,
} from '../../shared/contract/index.ts';
import { fail, ok, type FaultCode, type Result } from '../../shared/result/index.ts';
import type { StationDatabase } from '../journal/station-database.ts';
import type { AnchoredHead } from './anchor-at-bank.ts';
import type { AuditAnchor } from './audit-anchor.ts';
import { chainHash, genesisHash, type ChainedRecord } from './audit-chain.ts';
import { auditEvents, type AuditData, type AuditEvent } from './audit-events.ts';
import { auditRow, recordFrom, wordsOf, type AuditRow } from './audit-row.ts';
import { canonicalJson } from './canonical-json.ts';
import { searchAudit } from './search-audit.ts';
import { summariseAudit, type AuditSummary } from './summarise-audit.ts';
import { verifyChain } from './verify-chain.ts';

export interface NewAuditRecord<E extends AuditEvent> {
  readonly event: E;
  readonly outcome: AuditRecord['outcome'];
  /** Absent: the station itself. */
  readonly officerId?: string | undefined;
  readonly runId?: string | undefined;
  readonly step?: string | undefined;
  readonly customerId?: string | undefined;
  readonly cardId?: string | undefined;
  readonly serial?: string | undefined;
  readonly reader?: string | undefined;
  readonly faultCode?: FaultCode | undefined;
  readonly data?: AuditData<E>;
}

/** Append-only, hash-chained record of what officers, runs and devices did and what was refused. */
export interface AuditLog {
  /**
   * On the disk when it returns (inside a database write: with that write). Data that the event does not
   * name is a bug and throws. Faults: storage-full, database-locked, database-damaged.
   */
  append<E extends AuditEvent>(record: NewAuditRecord<E>): Result<void>;
  /** Newest first, below `before` when given. `total` counts all that match, of a free text (from three characters on) at most 10,000. */
  search(
    filter: AuditFilter,
    page: { before?: number | undefined; limit: number },
  ): Result<{ records: AuditRecord[]; total: number }>;
  /** Fault: bad-input for a number that no record has. */
  record(sequence: number): Result<AuditRecord>;
  /** Everything about one card, oldest first: its own records and those of the runs it was in. */
  story(cardId: string): Result<AuditRecord[]>;
  summary(days: number): Result<AuditSummary>;
  /** Recomputes the whole chain, some hundred records at a time between other work, and the bank's tree over it. */
  verify(signed?: AnchoredHead): Promise<Result<AuditVerification>>;
  close(): void;
}

/** The officer id of what nobody did. */
export const stationItself = 'station';

export interface AuditOptions {
  readonly database: StationDatabase;
  readonly anchor: AuditAnchor;
  now(): Date;
}

export function openAuditLog({ database, anchor, now }: AuditOptions): AuditLog {
  const { db } = database;
  const selectHead = db.prepare<[], { records: number; hash: Buffer }>(
    'SELECT records, hash FROM audit_head',
  );
  const saveHead = db.prepare(
    'INSERT INTO audit_head (id, records, hash) VALUES (1, @records, @hash) ON CONFLICT DO UPDATE SET records = @records, hash = @hash',
  );
  const insert = db.prepare<[AuditRow]>(
    `INSERT INTO audit (sequence, at, officer_id, event, run_id, step, outcome, customer_id, card_id, serial, reader, fault_code, data, hash)
     VALUES (@sequence, @at, @officer_id, @event, @run_id, @step, @outcome, @customer_id, @card_id, @serial, @reader, @fault_code, @data, @hash)`,
  );
  const insertWords = db.prepare('INSERT INTO audit_text (rowid, words) VALUES (?, ?)');
  const selectOne = db.prepare<[number], AuditRow>('SELECT * FROM audit WHERE sequence = ?');
  const selectStory = db.prepare<[string, string], AuditRow>(
    `SELECT * FROM audit WHERE card_id = ?
     UNION SELECT * FROM audit WHERE run_id IN (SELECT run_id FROM audit WHERE card_id = ? AND run_id IS NOT NULL)
     ORDER BY sequence LIMIT 5000`,
  );

  return {
    append(entry) {
      const data = dataOf(entry.event, entry.data ?? {});
      return database.write(() => {
        const head = selectHead.get() ?? { records: 0, hash: genesisHash };
        const record: ChainedRecord = {
          sequence: head.records + 1,
          at: now().toISOString(),
          officerId: entry.officerId ?? stationItself,
          event: entry.event,
          runId: entry.runId,
          step: entry.step,
          outcome: entry.outcome,
          customerId: entry.customerId,
          cardId: entry.cardId,
          serial: entry.serial,
          reader: entry.reader,
          faultCode: entry.faultCode,
          data,
        };
        const hash = chainHash(head.hash, record);
        insert.run(auditRow(record, hash));
        insertWords.run(record.sequence, wordsOf(record));
        saveHead.run({ records: record.sequence, hash });
        database.afterCommit(() =>
          anchor.write({ records: record.sequence, headHash: hash.toString('hex') }),
        );
        return ok();
      });
    },
    search: (filter, page) => database.read(() => searchAudit(db, filter, page)),
    record(sequence) {
      const row = database.read(() => selectOne.get(sequence));
      if (!row.ok) return row;
      return row.value ? ok(recordFrom(row.value)) : fail('bad-input', { field: 'sequence' });
    },
    story: (cardId) => database.read(() => selectStory.all(cardId, cardId).map(recordFrom)),
    summary: (days) => database.read(() => summariseAudit(db, days, now())),
    verify: (signed) => verifyChain(database, anchor, now, signed),
    close: () => anchor.close(),
  };
}

/** Only what the event names; a field set to undefined is as if it were absent. */
const dataOf = (event: AuditEvent, data: unknown): AuditRecord['data'] =>
  auditRecord.shape.data.parse(JSON.parse(canonicalJson(auditEvents[event].parse(data))));

import { auditRecord, type AuditRecord } from '../../shared/contract/index.ts';
import { canonicalJson } from './canonical-json.ts';
import type { ChainedRecord } from './audit-chain.ts';

export interface AuditRow {
  readonly sequence: number;
  readonly at: string;
  readonly officer_id: string;
  readonly event: string;
  readonly run_id: string | null;
  readonly step: string | null;
  readonly outcome: string;
  readonly customer_id: string | null;
  readonly card_id: string | null;
  readonly serial: string | null;
  readonly reader: string | null;
  readonly fault_code: string | null;
  readonly data: string;
  readonly hash: Buffer;
}

export const auditRow = (record: ChainedRecord, hash: Buffer): AuditRow => ({
  sequence: record.sequence,
  at: record.at,
  officer_id: record.officerId,
  event: record.event,
  run_id: record.runId ?? null,
  step: record.step ?? null,
  outcome: record.outcome,
  customer_id: record.customerId ?? null,
  card_id: record.cardId ?? null,
  serial: record.serial ?? null,
  reader: record.reader ?? null,
  fault_code: record.faultCode ?? null,
  data: canonicalJson(record.data),
  hash,
});

/** Every column as it stands, whatever it says: what the hash is taken over again. Undefined when `data` is not as it was written. */
export const chainedFrom = (row: AuditRow): Unchecked | undefined => {
  const data = dataFrom(row.data);
  if (canonicalJson(data) !== row.data) return undefined;
  return {
    sequence: row.sequence,
    at: row.at,
    officerId: row.officer_id,
    event: row.event,
    runId: row.run_id ?? undefined,
    step: row.step ?? undefined,
    outcome: row.outcome,
    customerId: row.customer_id ?? undefined,
    cardId: row.card_id ?? undefined,
    serial: row.serial ?? undefined,
    reader: row.reader ?? undefined,
    faultCode: row.fault_code ?? undefined,
    data,
  };
};

type Unchecked = { readonly [Field in keyof ChainedRecord]: unknown };

/** A row that was edited to something that is no record is still shown, as its nearest reading; `verify` finds it. */
export const recordFrom = (row: AuditRow): AuditRecord => {
  const record = {
    ...(chainedFrom(row) ?? chainedFrom({ ...row, data: '{}' })),
    hash: row.hash.toString('hex'),
  };
  const parsed = auditRecord.safeParse(record);
  return parsed.success ? parsed.data : auditRecord.parse({ ...record, outcome: 'failed', data: {} });
};

/** Signatures, certificates and signed texts are evidence; nobody searches for a part of them. */
const longestWord = 120;

/** What the free-text search finds a record by. */
export const wordsOf = (record: ChainedRecord): string =>
  [
    record.officerId,
    record.event,
    record.runId,
    record.step,
    record.customerId,
    record.cardId,
    record.serial,
    record.reader,
    record.faultCode,
    ...Object.values(record.data).filter((value) => typeof value === 'string' && value.length <= longestWord),
  ]
    .filter((word) => word !== undefined)
    .join(' ');

function dataFrom(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}

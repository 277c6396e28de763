import type Database from 'better-sqlite3';
import type { AuditFilter, AuditRecord } from '../../shared/contract/index.ts';
import { recordFrom, type AuditRow } from './audit-row.ts';

export interface AuditPage {
  readonly before?: number | undefined;
  readonly limit: number;
}

type Values = Record<string, string | number>;

/** How far matches of a free text are counted: a common word is in every record. */
export const mostCounted = 10_000;

/**
 * Every way through a million records is one that an index serves. `total` counts all that match; of a
 * free text at most `mostCounted`.
 */
export function searchAudit(
  db: Database.Database,
  filter: AuditFilter,
  page: AuditPage,
): { records: AuditRecord[]; total: number } {
  const { conditions, values } = conditionsOf(filter);
  const text = filter.text?.trim() ?? '';
  // Trigrams cannot find less than three characters; so much of a word is not searched for yet.
  const words = text.length >= 3;
  if (words) values.text = quoted(text);
  const from = words
    ? 'audit_text JOIN audit ON audit.sequence = audit_text.rowid WHERE audit_text MATCH @text'
    : 'audit WHERE 1';
  const matches = [from, ...conditions].join(' AND ');
  const count = !words ? `SELECT count(*) AS n FROM ${matches}` : countUpTo(matches);
  const total =
    conditions.length === 0 && !words
      ? (db.prepare<[], { n: number }>('SELECT records AS n FROM audit_head').get()?.n ?? 0)
      : (db.prepare<[Values], { n: number }>(count).get(values)?.n ?? 0);

  const paged = pageOf(db, filter, page, values);
  const rows = db
    .prepare<[Values], AuditRow>(
      // The plus keeps the time's index out: it would sort the whole span to find its newest.
      `SELECT audit.* FROM ${[matches, ...paged].join(' AND ').replaceAll(' at ', ' +at ')}
       ORDER BY ${words ? 'audit_text.rowid' : 'sequence'} DESC LIMIT @limit`,
    )
    .all({ ...values, limit: page.limit });
  return { records: rows.map(recordFrom), total };
}

const countUpTo = (matches: string): string =>
  `SELECT count(*) AS n FROM (SELECT 1 FROM ${matches} LIMIT ${mostCounted})`;

function conditionsOf(filter: AuditFilter): { conditions: string[]; values: Values } {
  const conditions: string[] = [];
  const values: Values = {};
  const also = (condition: string, name: string, value: string | undefined) => {
    if (value === undefined || value === '') return;
    conditions.push(condition);
    values[name] = value;
  };
  also('at >= @from', 'from', instant(filter.from));
  also('at < @to', 'to', instant(filter.to));
  also('officer_id = @officerId', 'officerId', filter.officerId);
  also('customer_id = @customerId', 'customerId', filter.customerId);
  also('card_id = @cardId', 'cardId', filter.cardId);
  also('run_id = @runId', 'runId', filter.runId);
  also('event = @event', 'event', filter.event);
  also('outcome = @outcome', 'outcome', filter.outcome);
  return { conditions, values };
}

/**
 * Where the page is cut. Records are nearly in the order of time, so a span of time is a span of sequence
 * numbers, and is read from its newest.
 */
function pageOf(db: Database.Database, filter: AuditFilter, page: AuditPage, values: Values): string[] {
  const cuts: string[] = [];
  const cut = (condition: string, name: string, value: number | null | undefined) => {
    if (value === undefined) return;
    cuts.push(condition);
    values[name] = value ?? 0;
  };
  cut('audit.sequence < @before', 'before', page.before);
  if (filter.from !== undefined && filter.from !== '') {
    const first = db.prepare<[string], { n: number | null }>(
      'SELECT min(sequence) AS n FROM audit WHERE at >= ?',
    );
    cut('audit.sequence >= @first', 'first', first.get(String(values.from))?.n ?? Number.MAX_SAFE_INTEGER);
  }
  if (filter.to !== undefined && filter.to !== '') {
    const last = db.prepare<[string], { n: number | null }>(
      'SELECT max(sequence) AS n FROM audit WHERE at < ?',
    );
    cut('audit.sequence <= @last', 'last', last.get(String(values.to))?.n ?? 0);
  }
  return cuts;
}

/** In the form of the records, which are compared as text; what is no time finds what text finds. */
const instant = (text: string | undefined): string | undefined => {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? text : new Date(time).toISOString();
};

/** One phrase: nothing in it is an operator of the search language. */
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

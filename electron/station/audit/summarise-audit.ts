import type Database from 'better-sqlite3';

export interface AuditSummary {
  /** One for each day of the span, oldest first; days of the station's own time zone. */
  readonly days: { day: string; issued: number; failed: number }[];
  readonly failuresByStep: { step: string; count: number }[];
  /** Of the issuances that ended well. */
  readonly medianTookMs?: number;
}

export function summariseAudit(db: Database.Database, days: number, now: Date): AuditSummary {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() - (days - 1));
  const since = midnight.toISOString();
  const issued = db
    .prepare<[string], { day: string; n: number }>(
      `SELECT date(at, 'localtime') AS day, count(*) AS n FROM audit
       WHERE event = 'run.completed' AND at >= ? AND outcome = 'ok' AND data ->> 'workflow' = 'issue-card' GROUP BY 1`,
    )
    .all(since);
  const failed = db
    .prepare<[string], { day: string; n: number }>(
      `SELECT date(at, 'localtime') AS day, count(DISTINCT run_id) AS n FROM audit
       WHERE event = 'step.failed' AND at >= ? GROUP BY 1`,
    )
    .all(since);
  const failuresByStep = db
    .prepare<[string], { step: string; count: number }>(
      `SELECT step, count(*) AS count FROM audit
       WHERE event = 'step.failed' AND at >= ? AND step IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50`,
    )
    .all(since);
  const times = db
    .prepare<[string], { ms: number }>(
      `SELECT data ->> 'tookMs' AS ms FROM audit
       WHERE event = 'run.completed' AND at >= ? AND outcome = 'ok' AND data ->> 'workflow' = 'issue-card'
         AND data ->> 'tookMs' IS NOT NULL ORDER BY 1`,
    )
    .all(since)
    .map(({ ms }) => ms);
  const on = (rows: readonly { day: string; n: number }[], day: string) =>
    rows.find((row) => row.day === day)?.n ?? 0;
  const median = times[Math.floor((times.length - 1) / 2)];
  return {
    days: Array.from({ length: days }, (_, index) => {
      const day = localDay(new Date(midnight.getFullYear(), midnight.getMonth(), midnight.getDate() + index));
      return { day, issued: on(issued, day), failed: on(failed, day) };
    }),
    failuresByStep,
    ...(median === undefined ? {} : { medianTookMs: median }),
  };
}

const localDay = (date: Date): string =>
  `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;

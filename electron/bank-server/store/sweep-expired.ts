import { sql, type RawBuilder } from 'kysely';
import type { Database } from './store.ts';
import type { BankTables } from './tables.ts';

interface Expiring {
  readonly table: keyof BankTables;
  readonly key: readonly string[];
  /** When its time is over, or when it was written. */
  readonly time: string;
  /** How long after that the row is of no use to anybody. */
  readonly keptSeconds: number;
}

const HOUR = 3_600;
const DAY = 24 * HOUR;

/**
 * What has a time and is nothing but in the way after it. Not here: `used_envelopes` (an envelope opens once,
 * for as long as the bank has its envelope key), `transitions`, `card_keys` and all that is evidence.
 */
export const expiring: readonly Expiring[] = [
  { table: 'challenges', key: ['challenge_id'], time: 'expires_at', keptSeconds: HOUR },
  { table: 'secure_channels', key: ['channel_id'], time: 'expires_at', keptSeconds: HOUR },
  {
    table: 'management_authentications',
    key: ['authentication_id'],
    time: 'expires_at',
    keptSeconds: HOUR,
  },
  { table: 'login_nonces', key: ['nonce_sha256'], time: 'expires_at', keptSeconds: 0 },
  { table: 'login_sessions', key: ['session_sha256'], time: 'expires_at', keptSeconds: 0 },
  // A reservation whose answer was lost is found by its PIN check.
  { table: 'pin_checks', key: ['pin_check_id'], time: 'expires_at', keptSeconds: 30 * DAY },
  // A station that comes back after a month starts its run anew.
  { table: 'idempotency', key: ['station_id', 'idempotency_key'], time: 'created_at', keptSeconds: 30 * DAY },
  { table: 'enrolment_secrets', key: ['station_id'], time: 'expires_at', keptSeconds: 30 * DAY },
  // Delivered ones are gone already; what nobody wanted for so long nobody wants.
  { table: 'outbox', key: ['notification_id'], time: 'created_at', keptSeconds: 90 * DAY },
];

/** Deletes a bounded part of what has expired; called again and again, it comes round to everything. */
export interface Sweep {
  /** One slice of each table. @returns rows deleted, by table; tables without any are left out */
  round(now: Date): Promise<ReadonlyMap<string, number>>;
}

/**
 * Goes through each table in the order of its key, a slice at a time. An index over the times would be
 * written by every insert, at one place; keys are random and have their index already. Any number of
 * processes may sweep at once: each has a place of its own, and a row is deleted once.
 */
export const openSweep = (db: Database, slice = 2_000): Sweep => {
  const places = new Map<string, readonly string[]>();
  const sweepTable = async (each: Expiring, now: Date): Promise<number> => {
    const from = places.get(each.table);
    const to = await endOfSlice(db, each, from, slice);
    if (to === undefined) places.delete(each.table);
    else places.set(each.table, to);
    const before = new Date(now.getTime() - each.keptSeconds * 1000).toISOString();
    const conditions = [
      sql`${sql.ref(each.time)} < ${before}`,
      ...(from ? [sql`${rowOf(each)} > ${valuesOf(from)}`] : []),
      ...(to ? [sql`${rowOf(each)} <= ${valuesOf(to)}`] : []),
    ];
    const deleted =
      await sql`delete from ${sql.table(each.table)} where ${sql.join(conditions, sql` and `)}`.execute(db);
    return Number(deleted.numAffectedRows ?? 0n);
  };
  return {
    async round(now) {
      const swept = new Map<string, number>();
      for (const each of expiring) {
        const count = await sweepTable(each, now);
        if (count > 0) swept.set(each.table, count);
      }
      return swept;
    },
  };
};

/** Key of the slice's last row; undefined when the table ends within the slice. */
const endOfSlice = async (
  db: Database,
  { table, key }: Expiring,
  from: readonly string[] | undefined,
  slice: number,
): Promise<readonly string[] | undefined> => {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  const where = from ? sql`where (${columns}) > ${valuesOf(from)}` : sql``;
  const { rows } = await sql<Record<string, string>>`
    select ${columns} from ${sql.table(table)} ${where} order by ${columns} limit 1 offset ${slice - 1}
  `.execute(db);
  const [row] = rows;
  return row && key.map((column) => row[column] ?? '');
};

const rowOf = ({ key }: Expiring): RawBuilder<unknown> =>
  sql`(${sql.join(key.map((column) => sql.ref(column)))})`;

const valuesOf = (values: readonly string[]): RawBuilder<unknown> => sql`(${sql.join([...values])})`;

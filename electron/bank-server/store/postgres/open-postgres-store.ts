import { setTimeout as wait } from 'node:timers/promises';
import { Kysely, PostgresDialect, sql, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { fail, ok, type Result } from '../../../shared/result/index.ts';
import { allOrNothing } from '../all-or-nothing.ts';
import { migrate, schemaVersion } from '../schema.ts';
import { withCommit } from '../statement.ts';
import type { BankTransaction, Database, Isolation, Store } from '../store.ts';
import type { BankTables } from '../tables.ts';
import { isSerializationFailure, isUniqueViolation, postgresFault } from './postgres-errors.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`; TLS as its `sslmode` says. */
  readonly url: string;
  readonly now: Date;
  /** Connections of this process at most. */
  readonly connections?: number;
  /** A transaction that met another one is run again; for the metrics. */
  readonly onRetry?: () => void;
  /** A connection broke. */
  readonly onLost?: () => void;
}

/**
 * Opens the database several server processes share. Transactions are isolated and run again when the
 * database asks for it (40001), as every distributed PostgreSQL does under load; nothing here needs more
 * than standard PostgreSQL has: no sequence, no advisory lock, no listening.
 */
export const openPostgresStore = async (options: PostgresOptions): Promise<Result<Store>> => {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connections ?? 10,
    application_name: 'cardwright-bank',
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    idle_in_transaction_session_timeout: 15_000,
    types,
    // What is sent while an answer is awaited goes at once: the beginning of a transaction with its first statement.
    pipeline: true,
    // A look over a whole short table would hold all of it against everybody else (PostgreSQL, 13.2.3).
    options: '-c enable_seqscan=off',
  });
  // Without listeners a broken connection, idle or in use, ends the process.
  pool.on('error', () => options.onLost?.());
  pool.on('connect', (client) => client.on('error', () => options.onLost?.()));
  const db = new Kysely<BankTables>({ dialect: new PostgresDialect({ pool: preparedOnce(pool) }) });
  const refuse = async (result: Result<never>): Promise<Result<never>> => {
    await db.destroy();
    return result;
  };
  try {
    const unsafe = await unsafeSetting(db);
    if (unsafe !== undefined)
      return await refuse(fail('bank-setup-invalid', { file: 'database', setting: unsafe }));
    if ((await isForeign(db)) || (await migrate(db, options.now.toISOString())) > schemaVersion())
      // Another program's tables, or those of a later version of this one: not ours to write.
      return await refuse(fail('database-damaged', { where: 'bank', reason: 'schema' }));
  } catch (error) {
    const fault = postgresFault(error);
    if (fault !== undefined) return refuse(fault);
    await db.destroy();
    throw error;
  }
  return ok({
    db,
    transaction: (work, isolation = 'serializable') => isolated(db, work, isolation, options.onRetry),
    isUniqueViolation,
    close: () => db.destroy(),
  });
};

/** Less than a station waits; with pauses that grow to a quarter of a second. */
const LONGEST_MS = 6_000;

const isolated = async <T>(
  db: Database,
  work: (tx: BankTransaction) => Promise<Result<T>>,
  isolation: Isolation,
  onRetry: PostgresOptions['onRetry'],
): Promise<Result<T>> => {
  const since = performance.now();
  for (let tries = 1; ; tries += 1) {
    try {
      return await allOrNothing(db.transaction().setIsolationLevel(levels[isolation]), work);
    } catch (error) {
      // A unique value that another one took first is seen by the second look, which refuses in words.
      const worthIt = isSerializationFailure(error)
        ? performance.now() - since < LONGEST_MS
        : isUniqueViolation(error) && tries === 1;
      if (!worthIt) throw error;
      onRetry?.();
      // Two that met once should not meet again at the same moment.
      await wait(Math.random() * Math.min(2 ** tries, 250));
    }
  }
};

/** PostgreSQL's `repeatable read` is snapshot isolation: who writes what another wrote meanwhile runs again. */
const levels = { serializable: 'serializable', snapshot: 'repeatable read' } as const;

const BEGIN = 'start transaction';

/**
 * Each statement is parsed once on each connection: with a name it is kept there. A transaction is begun together with
 * its first statement, and ended with the last where that says so, for the price of one.
 */
const preparedOnce = (pool: pg.Pool): PostgresPool => {
  const names = new Map<string, string>();
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text);
    // Lists of changing length are a statement each: not all of them for ever.
    if (known !== undefined || names.size >= 1_000) return known;
    const name = `bank-${names.size}`;
    names.set(text, name);
    return name;
  };
  // One for each connection, for ever: Kysely remembers all it was given, weakly, and what is remembered weakly
  // outlives every quick collection of garbage.
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    async connect() {
      const client = await pool.connect();
      const prepared = known.get(client) ?? preparing(client, nameOf);
      known.set(client, prepared);
      return prepared;
    },
    end: () => pool.end(),
  };
};

const preparing = (
  client: pg.PoolClient,
  nameOf: (text: string) => string | undefined,
): PostgresPoolClient => {
  const { stream } = client.connection;
  /** Not sent yet. */
  let held: pg.QueryConfig[] = [];
  const query = async (text: string, values: readonly unknown[]) => {
    const name = values.length > 0 ? nameOf(text) : undefined;
    const named = { text, values: [...values], ...(name !== undefined && { name }) };
    if (text.startsWith(BEGIN) || text.endsWith(withCommit)) {
      held.push(named);
      return { command: 'HELD', rowCount: null, rows: [] };
    }
    // What was to go with a commit does not go with anything else.
    const before = text === 'commit' ? held : held.filter((each) => each.text.startsWith(BEGIN));
    const forgotten = before.length < held.length && text !== 'rollback';
    held = [];
    if (forgotten) throw new Error('a statement behind the last one of its transaction');
    if (before.length === 0) return client.query(named);
    // In one packet.
    stream.cork();
    const answers = [...before, named].map((each) => client.query(each));
    stream.uncork();
    // The first of them that failed says why; the others only follow from it.
    for (const each of await Promise.allSettled(answers)) if (each.status === 'rejected') throw each.reason;
    return answers.at(-1);
  };
  return {
    // Its other form is for cursors, and nothing here reads with one.
    query: query as unknown as PostgresPoolClient['query'],
    release(destroy) {
      held = [];
      client.release(destroy);
    },
  };
};

/** A commit that is not on the disk is not a commit. Undefined when the server promises that it is. */
const unsafeSetting = async (db: Database): Promise<string | undefined> => {
  const { rows } = await sql<{ fsync: string | null; synchronous: string | null }>`
    select current_setting('fsync', true) as fsync, current_setting('synchronous_commit', true) as synchronous
  `.execute(db);
  if (rows[0]?.fsync === 'off') return 'fsync';
  return rows[0]?.synchronous === 'off' ? 'synchronous_commit' : undefined;
};

const isForeign = async (db: Database): Promise<boolean> => {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = current_schema()
  `.execute(db);
  return rows.length > 0 && !rows.some(({ name }) => name === 'schema_versions');
};

/** 64-bit integers as numbers, as SQLite gives them: all of ours stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (type, format) =>
    type === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(type, format) as unknown),
};

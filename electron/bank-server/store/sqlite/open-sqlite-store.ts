import BetterSqlite3 from 'better-sqlite3';
import { chmodSync, existsSync, statSync } from 'node:fs';
import { Kysely, SqliteDialect, type Dialect, type SqliteDatabase } from 'kysely';
import { fail, ok, type Failed, type Result } from '../../../shared/result/index.ts';
import { migrate, schemaVersion } from '../schema.ts';
import type { Store } from '../store.ts';
import type { BankTables } from '../tables.ts';
import { NEVER_LONGER, openCheckpoints } from './checkpoints.ts';
import { groupCommit } from './group-commit.ts';

/**
 * Opens or creates the embedded bank's database file. A damaged file is a named fault and stays as it
 * is: it is never recreated, because everything the bank ever promised is in it.
 */
export const openSqliteStore = async (file: string, now: Date): Promise<Result<Store>> => {
  const existed = existsSync(file) && statSync(file).size > 0;
  let sqlite: BetterSqlite3.Database;
  try {
    sqlite = new BetterSqlite3(file, { timeout: 5_000 });
    chmodSync(file, 0o600);
  } catch (error) {
    return storeFault(error) ?? rethrow(error);
  }
  try {
    if (existed && sqlite.pragma('quick_check', { simple: true }) !== 'ok') {
      sqlite.close();
      return fail('database-damaged', { where: 'bank' });
    }
    sqlite.pragma('journal_mode = WAL');
    // WAL alone turns durability off without a word: the last answers would be lost with the power.
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma(`wal_autocheckpoint = ${NEVER_LONGER}`);
    // What undoes half a statement is kept in a file otherwise: of all that an enrolment writes, a third.
    sqlite.pragma('temp_store = MEMORY');
    sqlite.pragma('foreign_keys = ON');
    const foreign = isForeign(sqlite);
    const store = storeOver(sqlite);
    if (foreign || (await migrate(store.db, now.toISOString())) > schemaVersion()) {
      await store.close();
      // Another program's database, or one of a later version of this one: not ours to write.
      return fail('database-damaged', { where: 'bank', reason: 'schema' });
    }
    return ok(store);
  } catch (error) {
    sqlite.close();
    return storeFault(error) ?? rethrow(error);
  }
};

/** The fault an SQLite error stands for; undefined for a bug of ours. */
export const storeFault = (error: unknown): Failed | undefined => {
  const code = error instanceof BetterSqlite3.SqliteError ? error.code : '';
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT|IOERR)/.test(code)) return fail('database-damaged', { where: 'bank' });
  if (code.startsWith('SQLITE_FULL')) return fail('storage-full', { where: 'bank' });
  if (/^SQLITE_(BUSY|LOCKED|CANTOPEN|READONLY|PERM)/.test(code))
    return fail('database-locked', { where: 'bank' });
  return undefined;
};

/** Tables, but not the one that every database of ours starts with. */
const isForeign = (sqlite: BetterSqlite3.Database): boolean => {
  const tables = sqlite.prepare(`select name from sqlite_master where type = 'table'`).pluck().all();
  return tables.length > 0 && !tables.includes('schema_versions');
};

const storeOver = (sqlite: BetterSqlite3.Database): Store => {
  const db = new Kysely<BankTables>({ dialect: dialectOver(sqlite) });
  const checkpoints = openCheckpoints(sqlite);
  return {
    db,
    transaction: groupCommit(db, () => sqlite.inTransaction, checkpoints.afterCommit),
    isUniqueViolation: (error) =>
      error instanceof BetterSqlite3.SqliteError &&
      (error.code === 'SQLITE_CONSTRAINT_UNIQUE' || error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY'),
    async close() {
      await checkpoints.close();
      await db.destroy();
    },
  };
};

/**
 * SQLite ends a transaction by itself when the disk is full. Rolling back once more would fail, and that
 * failure would hide the reason.
 */
const dialectOver = (sqlite: BetterSqlite3.Database): Dialect => {
  const dialect = new SqliteDialect({ database: preparedOnce(sqlite) });
  return {
    createDriver: () => {
      const driver = dialect.createDriver();
      const rollback = driver.rollbackTransaction.bind(driver);
      driver.rollbackTransaction = async (connection) => {
        if (sqlite.inTransaction) await rollback(connection);
      };
      return driver;
    },
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  };
};

/** Each statement is compiled once. What changes the tables throws all of them away. */
const preparedOnce = (sqlite: BetterSqlite3.Database): SqliteDatabase => {
  const statements = new Map<string, BetterSqlite3.Statement>();
  return {
    prepare(text) {
      if (/^\s*(create|drop|alter)\b/i.test(text)) {
        statements.clear();
        return sqlite.prepare(text);
      }
      const known = statements.get(text);
      if (known !== undefined) return known;
      const prepared = sqlite.prepare(text);
      if (statements.size < MOST_STATEMENTS) statements.set(text, prepared);
      return prepared;
    },
    close() {
      sqlite.close();
    },
  };
};

/** Far more than this program has; lists of changing length are a statement each. */
const MOST_STATEMENTS = 1_000;

const rethrow = (error: unknown): never => {
  throw error;
};

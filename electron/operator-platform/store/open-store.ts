import { chmodSync, existsSync, statSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { fail, ok, type Failed, type Result } from '../../shared/result/index.ts';
import { migrate } from './schema.ts';
import type { OperatorTables } from './tables.ts';

/** Opens or creates the database file; a damaged one is a named fault and stays as it is. */
export const openStore = async (file: string): Promise<Result<Kysely<OperatorTables>>> => {
  const existed = existsSync(file) && statSync(file).size > 0;
  let sqlite: BetterSqlite3.Database | undefined;
  try {
    sqlite = new BetterSqlite3(file, { timeout: 5_000 });
    chmodSync(file, 0o600);
    if (existed && sqlite.pragma('quick_check', { simple: true }) !== 'ok') {
      sqlite.close();
      return damaged();
    }
    sqlite.pragma('journal_mode = WAL');
    // WAL alone turns durability off without a word: a serial number given out could come again.
    sqlite.pragma('synchronous = FULL');
    const db = new Kysely<OperatorTables>({ dialect: new SqliteDialect({ database: sqlite }) });
    if (await migrate(db as Kysely<unknown>)) return ok(db); // a migration makes what the types describe
    await db.destroy();
    return damaged();
  } catch (error) {
    sqlite?.close();
    return storeFault(error) ?? rethrow(error);
  }
};

/** The fault an SQLite error stands for; undefined for a bug of ours. */
const storeFault = (error: unknown): Failed | undefined => {
  const code = error instanceof BetterSqlite3.SqliteError ? error.code : '';
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(code)) return damaged();
  if (/^SQLITE_(FULL|IOERR)/.test(code)) return fail('storage-full', { where: 'operator' });
  if (/^SQLITE_(BUSY|LOCKED|CANTOPEN|READONLY|PERM)/.test(code))
    return fail('database-locked', { where: 'operator' });
  return undefined;
};

const damaged = () => fail('database-damaged', { where: 'operator' });

const rethrow = (error: unknown): never => {
  throw error;
};

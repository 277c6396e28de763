import BetterSqlite3 from 'better-sqlite3';
import { Kysely, SqliteDialect } from 'kysely';
import { describe } from 'vitest';
import type { LedgerTables } from '../../../electron/bank-server/transactions/index.ts';
import { ledgerSuite } from './ledger-suite.ts';

describe('the ledger on SQLite', () => {
  ledgerSuite(async () => {
    const sqlite = new BetterSqlite3(':memory:');
    sqlite.pragma('foreign_keys = ON');
    const db = new Kysely<LedgerTables>({ dialect: new SqliteDialect({ database: sqlite }) });
    return { db, close: () => db.destroy() };
  });
});

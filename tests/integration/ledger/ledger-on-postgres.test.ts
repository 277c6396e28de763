import { once } from 'node:events';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { describe } from 'vitest';
import type { LedgerTables } from '../../../electron/bank-server/transactions/index.ts';
import { startPostgres, type TestPostgres } from '../../harness/start-postgres.ts';
import { ledgerSuite } from '../../unit/ledger/ledger-suite.ts';

const postgres = await startPostgres();
const skipped = 'skipped' in postgres ? postgres.skipped : undefined;

describe.skipIf(skipped !== undefined)(
  `the ledger on PostgreSQL${skipped ? ` (skipped: ${skipped})` : ''}`,
  () => {
    ledgerSuite(async () => {
      const server = postgres as TestPostgres;
      const pool = new Pool({ connectionString: await server.newDatabase(), max: 6 });
      const ended: Promise<unknown>[] = [];
      pool.on('connect', (client) => ended.push(once(client, 'end')));
      const db = new Kysely<LedgerTables>({ dialect: new PostgresDialect({ pool }) });
      return {
        db,
        close: async () => {
          await db.destroy();
          // A server that stops while connections are still closing says so as an error.
          await Promise.all(ended);
          await server.stop();
        },
      };
    });
  },
);

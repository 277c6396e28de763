import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { trainingCustomers, trainingSecrets } from '../../../electron/bank-server/index.ts';
import { bankClient } from '../../harness/bank-client.ts';
import { issueCard } from '../../harness/issue-card.ts';
import { runBankProgram, startBankProcess } from '../../harness/standalone-bank.ts';
import type { TestBank } from '../../harness/start-bank.ts';
import { startPostgres } from '../../harness/start-postgres.ts';

// node tests/bench/bank/row-sizes.ts
// Issues cards on PostgreSQL and prints what each table then has: the figures of resources/docs/growth.md.

const postgres = await startPostgres();
if ('skipped' in postgres) throw new Error(postgres.skipped);
const folder = mkdtempSync(join(tmpdir(), 'cardwright-sizes-'));
const url = await postgres.newDatabase();
const bankId = 'sizes-bank';
const args = ['--database', url, '--data', join(folder, 'bank'), '--log-level', 'error'];
await runBankProgram([
  'set-up',
  ...args,
  ...['--bank-id', bankId, '--bank-name', 'Sizes', '--training'],
  ...['--portal-origin', 'https://127.0.0.1:29440', '--station-folder', join(folder, 'station')],
]);
const bank = await startBankProcess(args);
const client = bankClient(bank.apiOrigin, join(folder, 'station'));
const asBank = { customers: trainingCustomers, trainingSecrets, server: { bankId } } as unknown as TestBank;
const chosen = trainingCustomers
  .filter(({ blocked, customerId, document }) => {
    const mayHaveOne = !blocked && trainingSecrets[customerId]?.pinBlocked !== true;
    return mayHaveOne && document.expires > '2027-12-31';
  })
  .slice(0, 4);
for (const { customerId } of chosen) await issueCard(asBank, client, customerId, { chained: true });

const database = new Client({ connectionString: url });
await database.connect();
const tables = await database.query<{ name: string }>(
  `select table_name as name from information_schema.tables where table_schema = current_schema() order by 1`,
);
console.log(`${chosen.length} cards issued`);
for (const { name } of tables.rows) {
  const { rows } = await database.query<{ rows: string; bytes: string | null; indexes: string }>(
    `select count(*) as rows, round(avg(pg_column_size(each.*))) as bytes,
       (select count(*) from pg_indexes where tablename = '${name}') as indexes from "${name}" each`,
  );
  const [found] = rows;
  if (found !== undefined && found.rows !== '0')
    console.log(
      name.padEnd(28),
      found.rows.padStart(4),
      'rows',
      String(found.bytes).padStart(6),
      'bytes',
      found.indexes,
      'indexes',
    );
}
await database.end();
client.close();
await bank.kill('SIGTERM');
await postgres.stop();
rmSync(folder, { recursive: true, force: true });

import type { Kysely } from 'kysely';

/** Makes the ledger's tables. For a migration of the store, and for tests. */
export const createLedgerTables = async (db: Kysely<unknown>): Promise<void> => {
  const { schema } = db;
  await schema
    .createTable('ledger_accounts')
    .addColumn('account_number', 'text', (c) => c.primaryKey())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('balance', 'bigint', (c) => c.notNull())
    .addColumn('floor', 'bigint')
    .addColumn('transfer_limit', 'bigint')
    .addColumn('day_limit', 'bigint')
    .addColumn('opened_at', 'text', (c) => c.notNull())
    .execute();
  await schema
    .createTable('ledger_transactions')
    .addColumn('transaction_id', 'text', (c) => c.primaryKey())
    .addColumn('idempotency_key', 'text', (c) => c.notNull().unique())
    .addColumn('request_sha256', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('currency', 'text', (c) => c.notNull())
    .addColumn('amount', 'bigint', (c) => c.notNull())
    .addColumn('memo', 'text', (c) => c.notNull())
    .addColumn('booked_at', 'text', (c) => c.notNull())
    .addColumn('receipt', 'text')
    .execute();
  await schema
    .createTable('ledger_postings')
    .addColumn('transaction_id', 'text', (c) => c.notNull().references('ledger_transactions.transaction_id'))
    .addColumn('account_number', 'text', (c) => c.notNull().references('ledger_accounts.account_number'))
    .addColumn('amount', 'bigint', (c) => c.notNull())
    .addColumn('counterpart', 'text', (c) => c.notNull())
    .addColumn('booked_at', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('ledger_posting', ['transaction_id', 'account_number'])
    .execute();
  await schema
    .createTable('ledger_days')
    .addColumn('account_number', 'text', (c) => c.notNull())
    .addColumn('day', 'text', (c) => c.notNull())
    .addColumn('sent', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('ledger_day', ['account_number', 'day'])
    .execute();
  await schema
    .createIndex('ledger_postings_by_account')
    .on('ledger_postings')
    .columns(['account_number', 'booked_at', 'transaction_id'])
    .execute();
};

export const dropLedgerTables = async (db: Kysely<unknown>): Promise<void> => {
  for (const table of ['ledger_days', 'ledger_postings', 'ledger_transactions', 'ledger_accounts'])
    await db.schema.dropTable(table).execute();
};

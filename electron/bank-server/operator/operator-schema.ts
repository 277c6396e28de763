import type { CreateTableBuilder, Kysely } from 'kysely';

/** Makes the operators' tables. For a migration of the store, and for tests. */
export const createOperatorTables = async (db: Kysely<unknown>): Promise<void> => {
  const { schema } = db;
  await columns(schema.createTable('operators'), {
    operator_id: 'text key',
    name: 'text',
    form: 'text',
    certificate_sha256: 'text unique',
    key_channel: 'text',
    static_key: 'text',
  }).execute();
  await columns(schema.createTable('operator_officers'), {
    officer_id: 'text key',
    public_key: 'text unique',
  }).execute();
  await columns(schema.createTable('operator_epochs'), {
    operator_id: 'text',
    epoch: 'number',
    state: 'text',
    under: 'number',
    working_key: 'text optional',
    control_key: 'text optional',
    control_sent_at: 'text optional',
    activated_at: 'text optional',
    retires_at: 'text optional',
  })
    .addPrimaryKeyConstraint('operator_epoch', ['operator_id', 'epoch'])
    .execute();
  await columns(schema.createTable('operator_seeds'), {
    operator_id: 'text',
    epoch: 'number',
    part: 'number',
    officer_id: 'text',
    seed_sha256: 'text',
    signature: 'text',
    entered_at: 'text',
    seed: 'text optional',
    sent_at: 'text optional',
  })
    .addPrimaryKeyConstraint('operator_seed', ['operator_id', 'epoch', 'part'])
    // Held by the database itself, should two of them enter at the same moment.
    .addUniqueConstraint('operator_seed_by_two_officers', ['operator_id', 'epoch', 'officer_id'])
    .execute();
  await columns(schema.createTable('operator_subscribers'), {
    operator_id: 'text',
    imsi: 'text',
    phone_number: 'text unique',
    customer_id: 'text',
    state: 'text',
    registered_at: 'text',
    last_serial: 'long',
  })
    .addPrimaryKeyConstraint('operator_subscriber', ['operator_id', 'imsi'])
    .execute();
  await columns(schema.createTable('operator_transactions'), {
    operator_id: 'text',
    serial: 'long',
    epoch: 'number',
    imsi: 'text',
    kind: 'text',
    stage: 'text',
    number: 'number',
    message_mac: 'text',
    reply: 'text optional',
    working_since: 'text',
    tries: 'number',
    payee_account: 'text optional',
    payer_account: 'text optional',
    amount: 'long optional',
    currency: 'text optional',
    order_sha256: 'text optional',
    receipt_number: 'text optional',
    opened_at: 'text',
    expires_at: 'text',
  })
    .addPrimaryKeyConstraint('operator_transaction', ['operator_id', 'serial'])
    .execute();
  await schema
    .createIndex('operator_transactions_by_subscriber')
    .on('operator_transactions')
    .columns(['operator_id', 'imsi', 'opened_at'])
    .execute();
};

export const dropOperatorTables = async (db: Kysely<unknown>): Promise<void> => {
  for (const table of [
    'operator_transactions',
    'operator_subscribers',
    'operator_seeds',
    'operator_epochs',
    'operator_officers',
    'operators',
  ])
    await db.schema.dropTable(table).execute();
};

/** `text`, `number` (32 bits) or `long`, then `key`, `unique` or `optional`. */
const columns = <Columns extends string>(
  table: CreateTableBuilder<string>,
  definitions: Readonly<Record<Columns, string>>,
): CreateTableBuilder<string, Columns> => {
  let built: CreateTableBuilder<string, Columns> = table;
  for (const [name, definition] of Object.entries<string>(definitions)) {
    const [type, rule] = definition.split(' ');
    const stored = type === 'number' ? 'integer' : type === 'long' ? 'bigint' : 'text';
    built = built.addColumn(name as Columns, stored, (c) => {
      if (rule === 'optional') return c;
      if (rule === 'key') return c.primaryKey();
      return rule === 'unique' ? c.notNull().unique() : c.notNull();
    });
  }
  return built;
};

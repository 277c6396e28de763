import { createHash } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { createOperatorTables, dropOperatorTables } from '../operator/operator-schema.ts';
import { createLedgerTables, dropLedgerTables } from '../transactions/ledger-schema.ts';
import { isOnPostgres } from './statement.ts';
import type { Database } from './store.ts';

interface Migration {
  readonly version: number;
  up(db: Database): Promise<void>;
  down(db: Database): Promise<void>;
}

/** Brings the tables to the version of this program. Returns the version found before; 0 for a new database. */
export const migrate = async (db: Database, now: string): Promise<number> => {
  await makeVersionTable(db);
  const before = await versionOf(db);
  for (const migration of migrations.filter((each) => each.version > before)) {
    try {
      await db.transaction().execute(async (tx) => {
        // First, so that of two server processes that start together one waits here for the other.
        await tx
          .insertInto('schema_versions')
          .values({ version: migration.version, applied_at: now })
          .execute();
        await migration.up(tx);
      });
    } catch (error) {
      if ((await versionOf(db)) < migration.version) throw error;
      // The other process has done it.
    }
  }
  return before;
};

/** Takes back every migration after this version, with what is in its tables. Nothing but a person asks for it. */
export const migrateBack = async (db: Database, toVersion: number): Promise<void> => {
  const newestFirst = migrations.filter((each) => each.version > toVersion).reverse();
  for (const migration of newestFirst) {
    if ((await versionOf(db)) < migration.version) continue;
    await db.transaction().execute(async (tx) => {
      await migration.down(tx);
      await tx.deleteFrom('schema_versions').where('version', '=', migration.version).execute();
    });
  }
};

/** Highest version this program knows; a newer database is not opened. */
export const schemaVersion = (): number => Math.max(...migrations.map((each) => each.version));

const versionOf = async (db: Database): Promise<number> => {
  const found = await db
    .selectFrom('schema_versions')
    .select(({ fn }) => fn.max('version').as('version'))
    .executeTakeFirst();
  return found?.version ?? 0;
};

const makeVersionTable = async (db: Database): Promise<void> => {
  const make = db.schema
    .createTable('schema_versions')
    .ifNotExists()
    .addColumn('version', 'integer', (c) => c.primaryKey())
    .addColumn('applied_at', 'text', (c) => c.notNull());
  // PostgreSQL looks and makes in two steps: two processes may both look first, and one of them fails.
  await make.execute().catch(() => make.execute());
};

/** Columns by name: type (`text` or `integer`), then `key`, `must`, `null`, `unique`. */
const table = (db: Database, name: string, columns: Readonly<Record<string, string>>) =>
  Object.entries(columns).reduce((builder, [column, definition]) => {
    const [type, ...rules] = definition.split(' ');
    return builder.addColumn(column, type === 'integer' ? 'bigint' : 'text', (c) =>
      rules.reduce((each, rule) => {
        if (rule === 'key') return each.primaryKey();
        if (rule === 'unique') return each.unique();
        return rule === 'null' ? each : each.notNull();
      }, c),
    );
  }, db.schema.createTable(name));

/** Rooms that bring their own tables know nothing of the others'. */
const untyped = (db: Database): Kysely<unknown> => db as unknown as Kysely<unknown>;

const migrations: readonly Migration[] = [
  {
    version: 1,
    async up(db) {
      await table(db, 'settings', { name: 'text key', value: 'text must' }).execute();
      await table(db, 'customers', {
        customer_id: 'text key',
        name: 'text must',
        name_latin: 'text must',
        login_name: 'text must unique',
        birth_date: 'text must',
        phone: 'text must',
        document_type: 'text must',
        document_number: 'text must',
        document_name: 'text must',
        document_birth_date: 'text must',
        document_expires: 'text must',
        document_issued_by: 'text must',
        photo: 'text must',
        blocked: 'integer must',
        search_text: 'text must',
      }).execute();
      await table(db, 'accounts', {
        account_number: 'text key',
        customer_id: 'text must',
        currency: 'text must',
        kind: 'text must',
        balance: 'integer must',
        pin_hash: 'text must',
        pin_failures: 'integer must',
        pin_blocked: 'integer must',
      }).execute();
      await table(db, 'pin_checks', {
        pin_check_id: 'text key',
        customer_id: 'text must',
        account_number: 'text must',
        station_id: 'text must',
        officer_id: 'text must',
        expires_at: 'text must',
        used_for: 'text null',
      }).execute();
      await table(db, 'used_envelopes', { enc_sha256: 'text key', used_at: 'text must' }).execute();
      await table(db, 'cards', {
        card_id: 'text key',
        customer_id: 'text must',
        medium_kind: 'text must',
        medium_identity: 'text must',
        medium_serial: 'text must',
        slot: 'text must',
        state: 'text must',
        version: 'integer must',
        profile: 'text must',
        algorithm: 'text must',
        subject: 'text must',
        public_key_sha256: 'text null',
        client_version: 'text null',
        content_sha256: 'text null',
        receipt_number: 'text null',
        identity_decision: 'text must',
        officer_id: 'text must',
        station_id: 'text must',
        created_at: 'text must',
        updated_at: 'text must',
        live_owner: 'text null unique',
        live_medium: 'text null unique',
      }).execute();
      await table(db, 'card_keys', {
        public_key_sha256: 'text key',
        card_id: 'text must',
        since: 'text must',
      }).execute();
      await table(db, 'certificates', {
        serial: 'text key',
        card_id: 'text null',
        profile: 'text must',
        subject: 'text must',
        der: 'text null',
        sha256: 'text null unique',
        public_key_sha256: 'text must',
        not_before: 'text must',
        not_after: 'text must',
        state: 'text must',
        reason: 'text null',
        revoked_at: 'text null',
      }).execute();
      await table(db, 'registrations', {
        card_id: 'text key',
        customer_id: 'text must',
        state: 'text must',
        since: 'text must',
        reason: 'text null',
        login_password_hash: 'text must',
        login_failures: 'integer must',
        next_login_at: 'text null',
        last_login_at: 'text null',
      }).execute();
      await table(db, 'transitions', {
        transition_id: 'text key',
        machine: 'text must',
        card_id: 'text must',
        from_state: 'text null',
        to_state: 'text must',
        at: 'text must',
        station_id: 'text must',
        officer_id: 'text must',
        why: 'text must',
        request_id: 'text must',
      }).execute();
      await table(db, 'idempotency', {
        station_id: 'text must',
        idempotency_key: 'text must',
        request_sha256: 'text must',
        answer: 'text must',
        created_at: 'text must',
      })
        .addPrimaryKeyConstraint('idempotency_key_of_station', ['station_id', 'idempotency_key'] as never[])
        .execute();
      await table(db, 'challenges', {
        challenge_id: 'text key',
        card_id: 'text must',
        nonce: 'text must',
        expires_at: 'text must',
        used_at: 'text null',
      }).execute();
      await table(db, 'management_authentications', {
        authentication_id: 'text key',
        station_id: 'text must',
        medium_identity: 'text must',
        key_version: 'text must',
        expected_sha256: 'text must',
        expires_at: 'text must',
        used_at: 'text null',
      }).execute();
      await table(db, 'login_nonces', {
        nonce_sha256: 'text key',
        card_id: 'text must',
        expires_at: 'text must',
      }).execute();
      await table(db, 'login_sessions', {
        session_sha256: 'text key',
        card_id: 'text must',
        stage: 'text must',
        csrf_token: 'text must',
        created_at: 'text must',
        expires_at: 'text must',
        previous_login_at: 'text null',
      }).execute();
      for (const [on, column] of [
        ['accounts', 'customer_id'],
        ['cards', 'customer_id'],
        ['cards', 'medium_identity'],
        ['certificates', 'card_id'],
        ['certificates', 'state'],
        ['transitions', 'card_id'],
        ['login_sessions', 'card_id'],
      ] as const) {
        await sql`create index ${sql.id(`${on}_by_${column}`)} on ${sql.table(on)} (${sql.ref(column)})`.execute(
          db,
        );
      }
    },
    async down(db) {
      for (const name of [
        'login_sessions',
        'login_nonces',
        'management_authentications',
        'challenges',
        'idempotency',
        'transitions',
        'registrations',
        'certificates',
        'card_keys',
        'cards',
        'used_envelopes',
        'pin_checks',
        'accounts',
        'customers',
        'settings',
      ])
        await db.schema.dropTable(name).execute();
    },
  },
  {
    // Enrolment of stations by password and approval; the trees over the stations' audit chains.
    version: 2,
    async up(db) {
      await table(db, 'enrolment_secrets', {
        station_id: 'text key',
        secret_hash: 'text must',
        failures: 'integer must',
        expires_at: 'text must',
        used_for: 'text null',
      }).execute();
      await table(db, 'enrolment_requests', {
        request_id: 'text key',
        station_id: 'text must',
        profile: 'text must',
        subject: 'text must',
        state: 'text must',
        requested_at: 'text must',
        decided_by: 'text null',
        decided_at: 'text null',
        serial: 'text null',
      }).execute();
      await table(db, 'audit_nodes', {
        station_id: 'text must',
        level: 'integer must',
        position: 'integer must',
        hash: 'text must',
      })
        .addPrimaryKeyConstraint('audit_node_of_station', ['station_id', 'level', 'position'] as never[])
        .execute();
      await table(db, 'tree_heads', {
        station_id: 'text must',
        size: 'integer must',
        root: 'text must',
        time: 'integer must',
        signature: 'text must',
      })
        .addPrimaryKeyConstraint('tree_head_of_station', ['station_id', 'size'] as never[])
        .execute();
      await sql`create index enrolment_requests_by_state on enrolment_requests (state)`.execute(db);
    },
    async down(db) {
      for (const name of ['tree_heads', 'audit_nodes', 'enrolment_requests', 'enrolment_secrets'])
        await db.schema.dropTable(name).execute();
    },
  },
  {
    // The books, and the desk that deals with mobile operators.
    version: 3,
    async up(db) {
      await createLedgerTables(untyped(db));
      await createOperatorTables(untyped(db));
    },
    async down(db) {
      await dropOperatorTables(untyped(db));
      await dropLedgerTables(untyped(db));
    },
  },
  {
    // Which secrets a card has, cards in quarantine, secure channels to cards.
    version: 4,
    async up(db) {
      await table(db, 'managed_cards', {
        medium_identity: 'text key',
        management_key: 'text must',
        puk: 'text must',
        channel_keys: 'text must',
        quarantined_at: 'text null',
        quarantine_reason: 'text null',
        quarantined_by: 'text null',
        updated_at: 'text must',
      }).execute();
      await table(db, 'secure_channels', {
        channel_id: 'text key',
        station_id: 'text must',
        medium_identity: 'text must',
        secret_version: 'text must',
        key_type: 'text must',
        host_challenge: 'text must',
        initialize_update: 'text must',
        level: 'integer must',
        domain_aid: 'text null',
        announced_options: 'integer null',
        state: 'text must',
        version: 'integer must',
        expires_at: 'text must',
      }).execute();
    },
    async down(db) {
      for (const name of ['secure_channels', 'managed_cards']) await db.schema.dropTable(name).execute();
    },
  },
  {
    // Chains of one-time passwords, and transfers that wait for their customer's confirmation.
    version: 5,
    async up(db) {
      await table(db, 'otp_chains', {
        card_id: 'text key',
        version: 'integer must',
        keys: 'text must',
        state: 'text must',
      }).execute();
      await table(db, 'transfer_orders', {
        order_id: 'text key',
        card_id: 'text must',
        customer_id: 'text must',
        payer: 'text must',
        payee: 'text must',
        payee_name: 'text must',
        amount: 'integer must',
        currency: 'text must',
        memo: 'text must',
        state: 'text must',
        fault: 'text null',
        receipt: 'text null',
        confirmation: 'text null',
        created_at: 'text must',
        expires_at: 'text must',
        decided_at: 'text null',
      }).execute();
      await sql`create index transfer_orders_by_card on transfer_orders (card_id, created_at)`.execute(db);
    },
    async down(db) {
      for (const name of ['transfer_orders', 'otp_chains']) await db.schema.dropTable(name).execute();
    },
  },
  {
    // Notifications to the bank's other systems, written with what they tell.
    version: 6,
    async up(db) {
      await table(db, 'outbox', {
        notification_id: 'text key',
        card_id: 'text must',
        message: 'text must',
        created_at: 'text must',
        tries: 'integer must',
        next_try_at: 'text must',
      }).execute();
      // A short table: what was delivered is gone.
      await sql`create index outbox_by_next_try_at on outbox (next_try_at)`.execute(db);
    },
    async down(db) {
      await db.schema.dropTable('outbox').execute();
    },
  },
  {
    // Cards prepared for the stock, the story of a card's keys, and releases from quarantine.
    version: 7,
    async up(db) {
      await table(db, 'stock_cards', {
        medium_identity: 'text key',
        medium_kind: 'text must',
        medium_serial: 'text must',
        state: 'text must',
        since: 'text must',
        officer_id: 'text must',
        station_id: 'text must',
      }).execute();
      await table(db, 'card_events', {
        event_id: 'text key',
        medium_identity: 'text must',
        at: 'text must',
        kind: 'text must',
        station_id: 'text must',
        officer_id: 'text null',
        detail: 'text must',
        request_id: 'text must',
      }).execute();
      await table(db, 'quarantine_releases', {
        release_id: 'text key',
        medium_identity: 'text must',
        pending_for: 'text null unique',
        state: 'text must',
        finding: 'text must',
        reason: 'text must',
        asked_by: 'text must',
        asked_at: 'text must',
        station_id: 'text must',
        decided_by: 'text null',
        decided_at: 'text null',
        decision_reason: 'text null',
      }).execute();
      await sql`create index card_events_by_medium on card_events (medium_identity, at)`.execute(db);
      // Few are in quarantine, and they are asked for by that.
      await sql`create index cards_in_quarantine on managed_cards (quarantined_at) where quarantined_at is not null`.execute(
        db,
      );
    },
    async down(db) {
      await sql`drop index cards_in_quarantine`.execute(db);
      for (const name of ['quarantine_releases', 'card_events', 'stock_cards'])
        await db.schema.dropTable(name).execute();
    },
  },
  {
    // Chains of one-time passwords that begin anew at the counter.
    version: 8,
    async up(db) {
      await table(db, 'chain_moves', {
        move_id: 'text key',
        card_id: 'text must',
        epoch: 'integer must',
        state: 'text must',
        keys: 'text null',
        chain: 'text null',
        pin_check_id: 'text must',
        reason: 'text must',
        officer_id: 'text must',
        station_id: 'text must',
        begun_at: 'text must',
        ended_at: 'text null',
      }).execute();
      await sql`create unique index chain_moves_by_card on chain_moves (card_id, epoch)`.execute(db);
    },
    async down(db) {
      await db.schema.dropTable('chain_moves').execute();
    },
  },
  {
    // Issuing keys that take over from one another.
    version: 9,
    async up(db) {
      await table(db, 'issuing_keys', {
        key_id: 'text key',
        name: 'text must unique',
        state: 'text must',
        certificate: 'text must',
        link: 'text null',
        back_link: 'text null',
        made_at: 'text must',
        made_by: 'text must',
        current_since: 'text null',
        switched_by: 'text null',
        serves_until: 'text null',
      }).execute();
      await db.schema.alterTable('certificates').addColumn('issuer_key_id', 'text').execute();
    },
    async down(db) {
      await db.schema.alterTable('certificates').dropColumn('issuer_key_id').execute();
      await db.schema.dropTable('issuing_keys').execute();
    },
  },
  {
    // Master keys of the cards that take over from one another, and from which of them each card's secrets come.
    version: 10,
    async up(db) {
      await table(db, 'master_keys', {
        version: 'integer key',
        algorithm: 'text must',
        place: 'text must',
        name: 'text must unique',
        check_value: 'text must',
        state: 'text must',
        made_at: 'text must',
        made_by: 'text must',
        current_since: 'text null',
      }).execute();
      await table(db, 'master_key_events', {
        event_id: 'text key',
        version: 'integer must',
        at: 'text must',
        kind: 'text must',
        officers: 'text must',
        detail: 'text must',
      }).execute();
      for (const [name, column] of origins)
        await db.schema.alterTable(name).addColumn(column, 'text').execute();
    },
    async down(db) {
      for (const [name, column] of origins) await db.schema.alterTable(name).dropColumn(column).execute();
      for (const name of ['master_key_events', 'master_keys']) await db.schema.dropTable(name).execute();
    },
  },
  {
    // A PIN check whose bank was killed before it answered is the same try when it comes again.
    version: 11,
    async up(db) {
      await db.schema.alterTable('used_envelopes').addColumn('used_by', 'text').execute();
      await db.schema.alterTable('accounts').addColumn('pin_try', 'text').execute();
    },
    async down(db) {
      await db.schema.alterTable('accounts').dropColumn('pin_try').execute();
      await db.schema.alterTable('used_envelopes').dropColumn('used_by').execute();
    },
  },
  {
    // Officers' own cards, and what their keys have signed.
    version: 12,
    async up(db) {
      await table(db, 'officer_cards', {
        certificate_sha256: 'text key',
        certificate_serial: 'text must',
        officer_id: 'text must',
        live_officer: 'text null unique',
        name: 'text must',
        role: 'text must',
        branch: 'text must',
        medium_identity: 'text must',
        medium_serial: 'text must',
        station_id: 'text must',
        state: 'text must',
        issued_at: 'text must',
        issued_by: 'text must',
        signed_order: 'text null',
        order_sha256: 'text null unique',
        activated_at: 'text null',
        not_after: 'text must',
        ended_at: 'text null',
        ended_by: 'text null',
        reason: 'text null',
        signed_end: 'text null',
      }).execute();
      await sql`create index officer_cards_by_officer on officer_cards (officer_id)`.execute(db);
      await sql`create index officer_cards_by_station on officer_cards (station_id)`.execute(db);
      await db.schema.alterTable('quarantine_releases').addColumn('signed_act', 'text').execute();
    },
    async down(db) {
      await db.schema.alterTable('quarantine_releases').dropColumn('signed_act').execute();
      await db.schema.dropTable('officer_cards').execute();
    },
  },
  {
    // What happened to the bank's own keys, under signed heads of a tree of its own.
    version: 13,
    async up(db) {
      await table(db, 'key_events', { position: 'integer key', record: 'text must' }).execute();
    },
    async down(db) {
      await db.schema.dropTable('key_events').execute();
    },
  },
  {
    // Which applets are on which cards.
    version: 14,
    async up(db) {
      await table(db, 'card_applets', {
        medium_identity: 'text must',
        package_aid: 'text must',
        version: 'text must',
        since: 'text must',
        officer_id: 'text must',
        station_id: 'text must',
      })
        .addPrimaryKeyConstraint('applet_of_card', ['medium_identity', 'package_aid'] as never[])
        .execute();
    },
    async down(db) {
      await db.schema.dropTable('card_applets').execute();
    },
  },
  {
    // Few certificates are withdrawn, and few are the bank's own; all others are in neither index.
    version: 15,
    async up(db) {
      await sql`drop index certificates_by_state`.execute(db);
      await sql`create index certificates_withdrawn on certificates (revoked_at) where state in ('revoked', 'on-hold')`.execute(
        db,
      );
      await sql`create index certificates_of_the_bank on certificates (profile) where card_id is null`.execute(
        db,
      );
    },
    async down(db) {
      await sql`drop index certificates_of_the_bank`.execute(db);
      await sql`drop index certificates_withdrawn`.execute(db);
      await sql`create index certificates_by_state on certificates (state)`.execute(db);
    },
  },
  {
    // A package whose blocks are on their way onto a card, as far as they have been wrapped.
    version: 16,
    async up(db) {
      await db.schema.alterTable('secure_channels').addColumn('loading', 'text').execute();
    },
    async down(db) {
      await db.schema.alterTable('secure_channels').dropColumn('loading').execute();
    },
  },
  {
    // Codes by which a station's manager gets a new password, and who gave them out.
    version: 17,
    async up(db) {
      await table(db, 'manager_admissions', {
        admission_id: 'text key',
        station_id: 'text must',
        officer_id: 'text must',
        admitted_by: 'text must',
        admitted_at: 'text must',
        used_at: 'text null',
      }).execute();
    },
    async down(db) {
      await db.schema.dropTable('manager_admissions').execute();
    },
  },
  {
    // One index less to write for each certificate (it is found by its serial number) and for each transition (a
    // card's are found by the beginning of their key).
    version: 18,
    async up(db) {
      await sql`drop index transitions_by_card_id`.execute(db);
      await keyTransitionsBy(db, ['card_id', 'transition_id']);
      if (isOnPostgres(db)) await db.schema.alterTable('certificates').dropColumn('sha256').execute();
      else await rebuild(db, 'certificates', columnsWithoutHash, ['serial']);
      // A state that an index asks for is a part of it: every change of one would be written to all indexes.
      await sql`drop index certificates_withdrawn`.execute(db);
      await sql`create index certificates_withdrawn on certificates (revoked_at) where revoked_at is not null`.execute(
        db,
      );
      await leaveRoom(db, { cards: 60, certificates: 30 });
    },
    async down(db) {
      if (isOnPostgres(db))
        await sql`alter table certificates add column sha256 text constraint certificates_sha256_key unique`.execute(
          db,
        );
      else
        await rebuild(db, 'certificates', { ...columnsWithoutHash, sha256: 'text null unique' }, ['serial']);
      const issued = await sql<{ serial: string; der: string }>`
        select serial, der from certificates where der is not null`.execute(db);
      for (const { serial, der } of issued.rows) {
        const sha256 = createHash('sha256').update(Buffer.from(der, 'base64')).digest('hex');
        await sql`update certificates set sha256 = ${sha256} where serial = ${serial}`.execute(db);
      }
      await keyTransitionsBy(db, ['transition_id']);
      await sql`create index transitions_by_card_id on transitions (card_id)`.execute(db);
      await sql`drop index certificates_withdrawn`.execute(db);
      await sql`create index certificates_withdrawn on certificates (revoked_at) where state in ('revoked', 'on-hold')`.execute(
        db,
      );
      await leaveRoom(db, { cards: 100, certificates: 100 });
    },
  },
  {
    // A code may be for whoever comes in the place of a station's last manager.
    version: 19,
    async up(db) {
      for (const column of ['instead_of', 'name'])
        await db.schema.alterTable('manager_admissions').addColumn(column, 'text').execute();
    },
    async down(db) {
      for (const column of ['name', 'instead_of'])
        await db.schema.alterTable('manager_admissions').dropColumn(column).execute();
    },
  },
  {
    // A station that lost its disk begins another log; the tree over the one before stays as it is.
    version: 20,
    async up(db) {
      await table(db, 'station_logs', {
        tree: 'text key',
        station_id: 'text must',
        begun_at: 'text must',
        begun_by: 'text must',
      }).execute();
      await sql`create index station_logs_by_station on station_logs (station_id, begun_at)`.execute(db);
    },
    async down(db) {
      await db.schema.dropTable('station_logs').execute();
    },
  },
];

/**
 * How full PostgreSQL fills a page with new rows, percent: a row that changes, and finds room beside it, is not written
 * to the indexes again. A certificate's grows to three times its length when it is signed.
 */
const leaveRoom = async (db: Database, percent: Readonly<Record<string, number>>): Promise<void> => {
  if (!isOnPostgres(db)) return;
  for (const [name, fill] of Object.entries(percent))
    await sql`alter table ${sql.table(name)} set (fillfactor = ${sql.lit(fill)})`.execute(db);
};

const keyTransitionsBy = async (db: Database, key: readonly string[]): Promise<void> => {
  if (isOnPostgres(db)) {
    const columns = sql.join(key.map((each) => sql.ref(each)));
    await sql`alter table transitions drop constraint transitions_pkey`.execute(db);
    await sql`alter table transitions add constraint transitions_pkey primary key (${columns})`.execute(db);
    return;
  }
  await rebuild(db, 'transitions', transitionColumns, key);
};

const transitionColumns = {
  transition_id: 'text must',
  machine: 'text must',
  card_id: 'text must',
  from_state: 'text null',
  to_state: 'text must',
  at: 'text must',
  station_id: 'text must',
  officer_id: 'text must',
  why: 'text must',
  request_id: 'text must',
};

const columnsWithoutHash = {
  serial: 'text must',
  card_id: 'text null',
  profile: 'text must',
  subject: 'text must',
  der: 'text null',
  public_key_sha256: 'text must',
  not_before: 'text must',
  not_after: 'text must',
  state: 'text must',
  reason: 'text null',
  revoked_at: 'text null',
  issuer_key_id: 'text null',
};

/**
 * SQLite changes no key and drops no unique column: the rows move to a new table, as far as both have the column, and
 * its indexes are made again.
 */
const rebuild = async (
  db: Database,
  name: string,
  columns: Readonly<Record<string, string>>,
  key: readonly string[],
): Promise<void> => {
  const indexes = await sql<{ name: string; sql: string }>`
    select name, sql from sqlite_master where tbl_name = ${name} and type = 'index' and sql is not null
  `.execute(db);
  for (const index of indexes.rows) await sql`drop index ${sql.id(index.name)}`.execute(db);
  const before = `${name}_before`;
  await db.schema.alterTable(name).renameTo(before).execute();
  await table(db, name, columns)
    .addPrimaryKeyConstraint(`${name}_key`, key as never[])
    .execute();
  const known = await sql<{ name: string }>`select name from pragma_table_info(${before})`.execute(db);
  const both = known.rows.flatMap((each) => (each.name in columns ? [sql.ref(each.name)] : []));
  await sql`insert into ${sql.table(name)} (${sql.join(both)}) select ${sql.join(both)} from ${sql.table(before)}`.execute(
    db,
  );
  await db.schema.dropTable(before).execute();
  for (const index of indexes.rows) await sql.raw(index.sql).execute(db);
};

const origins = [
  ['managed_cards', 'management_key_origin'],
  ['managed_cards', 'puk_origin'],
  ['managed_cards', 'channel_keys_origin'],
  ['managed_cards', 'management_key_before'],
  ['managed_cards', 'channel_keys_before'],
  ['management_authentications', 'origin'],
  ['secure_channels', 'origin'],
] as const;

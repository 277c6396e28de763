import { sql, type Kysely } from 'kysely';

/** Brings the tables to this program's version; a newer file is left alone. True when it may be used. */
export const migrate = async (db: Kysely<unknown>): Promise<boolean> => {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(db);
  const found = rows[0]?.user_version ?? 0;
  if (found > versions.length) return false;
  for (const [at, statements] of versions.entries()) {
    if (at < found) continue;
    await db.transaction().execute(async (tx) => {
      for (const statement of statements) await sql.raw(statement).execute(tx);
      await sql.raw(`pragma user_version = ${at + 1}`).execute(tx);
    });
  }
  return true;
};

const versions: readonly (readonly string[])[] = [
  [
    `create table key_seeds (bank_id text not null, epoch integer not null, kind text not null, seed text,
       primary key (bank_id, epoch, kind)) strict`,
    `create table key_epochs (bank_id text not null, epoch integer not null, state text not null,
       working_key text, control_key text, retires_at text, primary key (bank_id, epoch)) strict`,
    `create table serials (bank_id text primary key, last integer not null) strict`,
    `create table subscribers (imsi text primary key, phone_number text not null unique, label text not null,
       label_latin text not null) strict`,
    `create table registrations (bank_id text not null, imsi text not null, phone_number text not null,
       serial integer not null, code text, message text, at text not null, primary key (bank_id, imsi)) strict`,
    `create table dialogues (dialogue_id text primary key, bank_id text not null, imsi text not null,
       phone_number text not null, epoch integer not null, serial integer not null, keys text not null, enc text,
       stage text not null, number integer not null, pending text, view text not null, expires_at text not null,
       unique (bank_id, serial)) strict`,
    `create index dialogues_by_imsi on dialogues (imsi, expires_at)`,
    `create table phone_sessions (session_sha256 text primary key, imsi text, csrf_token text not null,
       locale text not null, expires_at text not null) strict`,
  ],
];

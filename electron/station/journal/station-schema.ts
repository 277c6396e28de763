export const stationSchemaVersion = 5;

/** What came with version 2: batches over several readers. Also brings a database of version 1 up to it. */
const batches = `
  CREATE TABLE batches (
    batch_id TEXT PRIMARY KEY,
    header TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at TEXT
  ) STRICT;
  CREATE INDEX batches_by_start ON batches (started_at);
  CREATE INDEX batches_open ON batches (started_at) WHERE ended_at IS NULL;

  CREATE TABLE batch_entries (
    batch_id TEXT NOT NULL REFERENCES batches (batch_id),
    number INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (batch_id, number)
  ) STRICT, WITHOUT ROWID;
`;

/** What came with version 3: what the bank last said of each officer's card. */
const officerCardChecks = `
  CREATE TABLE officer_card_checks (
    certificate_sha256 TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    checked_at TEXT NOT NULL
  ) STRICT;
`;

/** What came with version 4: officers who left, and those who have not chosen a password of their own yet. */
const officersOverTime = `
  ALTER TABLE officers ADD COLUMN ended_at TEXT;
  ALTER TABLE officers ADD COLUMN start_password_until TEXT;
`;

/** What came with version 5: the newest head of the bank's record of its keys that was seen here. */
const bankKeyHead = `
  CREATE TABLE bank_key_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    head TEXT NOT NULL,
    seen_at TEXT NOT NULL
  ) STRICT;
`;

/** By the version it leads to. A new database has all of it already. */
export const stationUpgrades: readonly { readonly version: number; readonly sql: string }[] = [
  { version: 2, sql: batches },
  { version: 3, sql: officerCardChecks },
  { version: 4, sql: officersOverTime },
  { version: 5, sql: bankKeyHead },
];

/** Times are ISO 8601 UTC; `entry`, `input`, `header` and `data` JSON; hashes 32 bytes. */
export const stationSchema = `
  CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    workflow TEXT NOT NULL,
    input TEXT NOT NULL,
    officer_id TEXT NOT NULL,
    started_at TEXT NOT NULL,
    completed TEXT
  ) STRICT;
  CREATE INDEX runs_unfinished ON runs (started_at) WHERE completed IS NULL;
  CREATE INDEX runs_by_start ON runs (started_at);

  CREATE TABLE journal (
    run_id TEXT NOT NULL REFERENCES runs (run_id),
    number INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (run_id, number)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    officer_id TEXT NOT NULL,
    event TEXT NOT NULL,
    run_id TEXT,
    step TEXT,
    outcome TEXT NOT NULL,
    customer_id TEXT,
    card_id TEXT,
    serial TEXT,
    reader TEXT,
    fault_code TEXT,
    data TEXT NOT NULL,
    hash BLOB NOT NULL
  ) STRICT;
  CREATE INDEX audit_at ON audit (at);
  CREATE INDEX audit_officer ON audit (officer_id);
  CREATE INDEX audit_event ON audit (event, at);
  CREATE INDEX audit_outcome ON audit (outcome);
  CREATE INDEX audit_run ON audit (run_id) WHERE run_id IS NOT NULL;
  CREATE INDEX audit_customer ON audit (customer_id) WHERE customer_id IS NOT NULL;
  CREATE INDEX audit_card ON audit (card_id) WHERE card_id IS NOT NULL;

  -- What the free-text search looks in; trigrams find any part of an id or a serial.
  CREATE VIRTUAL TABLE audit_text USING fts5 (words, content = '', tokenize = 'trigram');

  -- The chain's length and head, so that a shortened table is noticed.
  CREATE TABLE audit_head (id INTEGER PRIMARY KEY CHECK (id = 1), records INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;

  CREATE TABLE officers (
    officer_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL
  ) STRICT;
  -- Also for names nobody has, so that an unknown officer is answered like a known one.
  CREATE TABLE sign_in_failures (
    officer_id TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at TEXT NOT NULL
  ) STRICT;
  ${batches}
  ${officerCardChecks}
  ${officersOverTime}
  ${bankKeyHead}
`;

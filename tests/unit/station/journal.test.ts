import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fail } from '../../../electron/shared/result/index.ts';
import { memoryJournal, type Journal, type JournalEntry } from '../../../electron/shared/workflow/index.ts';
import { sqliteJournal } from '../../../electron/station/journal/sqlite-journal.ts';
import {
  openStationDatabase,
  type StationDatabase,
} from '../../../electron/station/journal/station-database.ts';
import { stationSchemaVersion } from '../../../electron/station/journal/station-schema.ts';
import { must } from '../../harness/start-station.ts';

let folder: string;
const opened: StationDatabase[] = [];
const open = (): StationDatabase => {
  const database = must(openStationDatabase(folder));
  opened.push(database);
  return database;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cardwright-journal-'));
});
afterEach(() => {
  for (const database of opened.splice(0)) database.close();
  rmSync(folder, { recursive: true, force: true });
});

const at = '2026-11-20T08:00:00.000Z';
const header = (runId: string, startedAt = at) => ({
  runId,
  workflow: 'issue-card',
  input: { customerId: 'C-1', note: '李' },
  officerId: 'lina',
  startedAt,
});
const started: JournalEntry = { kind: 'step-started', at, step: 'enrol', attempt: 1 };
const done: JournalEntry = { kind: 'step-done', at, step: 'enrol', output: { certificate: 'MII=', n: 1 } };
const completed: JournalEntry = { kind: 'completed', at, outcome: 'done' };

/** One suite for every journal. */
describe.each<[string, () => Journal]>([
  ['in memory', () => memoryJournal()],
  ['in SQLite', () => sqliteJournal(open())],
])('a journal %s', (_, make) => {
  test('gives back what was written, in order', () => {
    const journal = make();
    must(journal.open(header('r1')));
    must(journal.append('r1', started));
    must(journal.append('r1', done));
    expect(must(journal.read('r1'))).toEqual({ header: header('r1'), entries: [started, done] });
  });

  test('lists what is not completed, oldest first', () => {
    const journal = make();
    must(journal.open(header('r1', '2026-11-20T08:00:00.000Z')));
    must(journal.open(header('r2', '2026-11-20T08:00:01.000Z')));
    must(journal.open(header('r3', '2026-11-20T08:00:02.000Z')));
    must(journal.append('r2', completed));
    expect(must(journal.unfinished()).map(({ runId }) => runId)).toEqual(['r1', 'r3']);
  });

  test('a run that nobody opened is unknown', () => {
    const journal = make();
    expect(journal.read('r9')).toMatchObject({ fault: { code: 'run-unknown' } });
    expect(journal.append('r9', started)).toMatchObject({ fault: { code: 'run-unknown' } });
  });

  test('the caller cannot change what was written', () => {
    const journal = make();
    must(journal.open(header('r1')));
    const output = { n: 1 };
    must(journal.append('r1', { ...done, output }));
    output.n = 2;
    expect(must(journal.read('r1')).entries[0]).toMatchObject({ output: { n: 1 } });
  });
});

describe('the journal in SQLite', () => {
  test('is there again after a restart, with completed runs newest first', () => {
    const first = open();
    const journal = sqliteJournal(first);
    must(journal.open(header('r1')));
    must(journal.append('r1', started));
    must(journal.append('r1', completed));
    must(journal.open(header('r2', '2026-11-20T09:00:00.000Z')));
    first.close();
    const again = sqliteJournal(open());
    expect(must(again.read('r1')).entries).toEqual([started, completed]);
    expect(must(again.unfinished()).map(({ runId }) => runId)).toEqual(['r2']);
    expect(must(again.completed(5)).map(({ runId }) => runId)).toEqual(['r1']);
  });

  test('is durable: WAL with full synchronisation', () => {
    const { db } = open();
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
  });

  test('an entry without its record is no entry', () => {
    let refuse = false;
    const journal = sqliteJournal(open(), () =>
      refuse ? fail('storage-full') : { ok: true, value: undefined },
    );
    must(journal.open(header('r1')));
    refuse = true;
    expect(journal.append('r1', started)).toMatchObject({ fault: { code: 'storage-full' } });
    expect(journal.open(header('r2'))).toMatchObject({ fault: { code: 'storage-full' } });
    expect(must(journal.read('r1')).entries).toEqual([]);
    expect(journal.read('r2').ok).toBe(false);
  });

  test('an entry that was tampered with makes its run unreadable, and no other', () => {
    const database = open();
    const journal = sqliteJournal(database);
    for (const runId of ['r1', 'r2']) {
      must(journal.open(header(runId)));
      must(journal.append(runId, started));
    }
    database.db.exec(`UPDATE journal SET entry = '{"kind":"step-done"}' WHERE run_id = 'r1'`);
    expect(journal.read('r1')).toMatchObject({ fault: { code: 'journal-damaged', data: { runId: 'r1' } } });
    expect(journal.read('r2').ok).toBe(true);
  });

  test('a second station over the same folder is told so', () => {
    open();
    expect(openStationDatabase(folder)).toMatchObject({ fault: { code: 'database-locked' } });
  });

  test('a full disk is a fault, and what was written before stays', () => {
    const database = open();
    const journal = sqliteJournal(database);
    must(journal.open(header('r1')));
    const pages = database.db.pragma('page_count', { simple: true });
    database.db.pragma(`max_page_count = ${Number(pages)}`);
    const large = { ...done, output: 'x'.repeat(100_000) };
    expect(journal.append('r1', large)).toMatchObject({ fault: { code: 'storage-full' } });
    expect(must(journal.read('r1')).entries).toEqual([]);
  });
});

describe('a damaged database', () => {
  const file = () => join(folder, 'station.sqlite');
  const used = () => {
    const database = open();
    const journal = sqliteJournal(database);
    for (let n = 0; n < 40; n++) {
      must(journal.open(header(`r${n}`)));
      must(journal.append(`r${n}`, { ...done, output: 'x'.repeat(2000) }));
    }
    database.close();
  };
  const contents = () =>
    Object.fromEntries(
      readdirSync(folder)
        // Looking makes an empty log file and its index.
        .filter((name) => !name.endsWith('-shm') && statSync(join(folder, name)).size > 0)
        .map((name) => [
          name,
          createHash('sha256')
            .update(readFileSync(join(folder, name)))
            .digest('hex'),
        ]),
    );

  test.each<[string, () => void]>([
    ['with its header gone', () => overwrite(file(), 0, 'this is not a database')],
    ['with a page overwritten', () => overwrite(file(), 4096 * 5, 'y'.repeat(4096))],
    ['cut short', () => truncateSync(file(), Math.floor(statSync(file()).size / 2 / 4096) * 4096 - 100)],
    ['empty', () => truncateSync(file(), 0)],
    ['of another program', () => writeFileSync(file(), 'SQLite format 3\0 but not ours')],
  ])('%s is named, left as it is, and not made anew', (_, spoil) => {
    used();
    spoil();
    const { size } = statSync(file());
    const before = contents();
    for (let start = 0; start < 2; start++)
      expect(openStationDatabase(folder)).toMatchObject({
        fault: { code: 'journal-damaged', data: { file: file() } },
      });
    expect(contents()).toEqual(before);
    expect(statSync(file()).size).toBe(size);
  });

  test('that was taken away is missed, not replaced', () => {
    used();
    writeFileSync(join(folder, 'audit.anchor'), 'x');
    renameSync(file(), `${file()}.elsewhere`);
    expect(openStationDatabase(folder)).toMatchObject({
      fault: { code: 'journal-damaged', data: { reason: 'missing' } },
    });
    expect(existsSync(file())).toBe(false);
  });

  test('a first start that died before its database was whole is a first start again', () => {
    writeFileSync(`${file()}.new`, 'half of a');
    expect(openStationDatabase(folder).ok).toBe(true);
    for (const database of opened.splice(0)) database.close();
  });
});

describe('a database of an earlier version', () => {
  const file = () => join(folder, 'station.sqlite');
  /** What each version brought, taken away again. */
  const taken = {
    5: 'DROP TABLE bank_key_head',
    4: 'ALTER TABLE officers DROP COLUMN start_password_until; ALTER TABLE officers DROP COLUMN ended_at',
    3: 'DROP TABLE officer_card_checks',
    2: 'DROP TABLE batch_entries; DROP TABLE batches',
  };
  const shapeOf = ({ db }: StationDatabase) =>
    Object.fromEntries(
      db
        .prepare<[], { name: string }>(
          `SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name`,
        )
        .all()
        .map(({ name }) => [name, [db.pragma(`table_xinfo(${name})`), db.pragma(`index_xinfo(${name})`)]]),
    );
  const inFile = (sql: string): void => {
    const db = new Database(file());
    try {
      db.exec(sql);
    } finally {
      db.close();
    }
  };

  test.each([1, 2, 3, 4])('version %i is brought up to date, with all that is in it', (version) => {
    const first = open();
    const shape = shapeOf(first);
    const journal = sqliteJournal(first);
    must(journal.open(header('r1')));
    must(journal.append('r1', started));
    first.close();
    inFile(
      `INSERT INTO officers (officer_id, name, role, password_hash) VALUES ('M-1', 'Chen Jing', 'manager', 'x')`,
    );
    for (const [brought, sql] of Object.entries(taken).toReversed())
      if (Number(brought) > version) inFile(sql);
    inFile(`PRAGMA user_version = ${version}`);

    const database = open();
    expect(shapeOf(database)).toEqual(shape);
    expect(must(sqliteJournal(database).read('r1')).entries).toEqual([started]);
    expect(database.db.prepare('SELECT * FROM officers').all()).toEqual([
      {
        officer_id: 'M-1',
        name: 'Chen Jing',
        role: 'manager',
        password_hash: 'x',
        ended_at: null,
        start_password_until: null,
      },
    ]);
    database.close();
    // Once.
    expect(shapeOf(open())).toEqual(shape);
  });

  test.each([0, stationSchemaVersion + 1])('version %i is not known and left as it is', (version) => {
    open().close();
    inFile(`PRAGMA user_version = ${version}`);
    const before = readFileSync(file());
    expect(openStationDatabase(folder)).toMatchObject({
      fault: { code: 'journal-damaged', data: { reason: 'version' } },
    });
    expect(readFileSync(file()).equals(before)).toBe(true);
  });
});

function overwrite(path: string, position: number, text: string): void {
  const handle = openSync(path, 'r+');
  writeSync(handle, text, position);
  closeSync(handle);
}

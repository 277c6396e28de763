import Database from 'better-sqlite3';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, ok, type Failed, type Result } from '../../shared/result/index.ts';
import { stationSchema, stationSchemaVersion, stationUpgrades } from './station-schema.ts';

/** The one file in which the station keeps runs, the audit chain and its officers. */
export interface StationDatabase {
  readonly file: string;
  readonly db: Database.Database;
  /**
   * All or nothing, and on the disk when it returns; inside another `write` it is part of that one.
   * A fault or a throw undoes it. Faults: storage-full, database-locked, database-damaged.
   */
  write<T>(work: () => Result<T>): Result<T>;
  /** Faults: database-locked, database-damaged. */
  read<T>(work: () => T): Result<T>;
  /** Runs after the outermost `write` is on the disk; not at all when it failed. */
  afterCommit(work: () => void): void;
  close(): void;
}

const applicationId = 0x43575354; // 'CWST'

/**
 * Opens the database, or makes it in a data folder that never had one.
 * A file that is there but damaged, empty or of something else is left exactly as it is and named in the
 * fault: what it still holds may be the only trace of a half-written card.
 * Faults: journal-damaged, database-locked.
 */
export function openStationDatabase(dataFolder: string): Result<StationDatabase> {
  const file = join(dataFolder, 'station.sqlite');
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    if (existsSync(file)) {
      const reason = damage(file);
      if (reason !== undefined) return fail('journal-damaged', { file, reason });
    } else {
      // A log file without its database: the database was taken away, which is not a first start.
      if (existsSync(`${file}-wal`) || existsSync(anchorFile(dataFolder)))
        return fail('journal-damaged', { file, reason: 'missing' });
      create(file);
    }
    return ok(databaseOver(file, openForWriting(file)));
  } catch (error) {
    const fault = storageFault(error);
    if (!fault) throw error;
    return fault.fault.code === 'database-damaged'
      ? fail('journal-damaged', { file, reason: String(fault.fault.data.reason) })
      : fault;
  }
}

/** Where the audit log keeps its last known length and head, outside the database. */
export const anchorFile = (dataFolder: string): string => join(dataFolder, 'audit.anchor');

/** Looks without changing a byte: a read-only connection neither recovers nor empties the log file. */
function damage(file: string): string | undefined {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true, timeout: 500 });
    if (db.pragma('application_id', { simple: true }) !== applicationId) return 'not a station database';
    if (!isSound(db, file)) return 'quick_check';
    return known.includes(Number(db.pragma('user_version', { simple: true }))) ? undefined : 'version';
  } catch (error) {
    const fault = storageFault(error);
    if (fault?.fault.code !== 'database-damaged') throw error;
    return String(fault.fault.data.reason);
  } finally {
    db?.close();
  }
}

/** Versions that this program can bring up to its own. */
const known: readonly number[] = [stationSchemaVersion, ...stationUpgrades.map(({ version }) => version - 1)];

/** Up to here everything is looked at; a larger file is mostly audit log, which has its own verification. */
const wholeCheckBytes = 64 * 1024 * 1024;

function isSound(db: Database.Database, file: string): boolean {
  const checks =
    statSync(file).size <= wholeCheckBytes
      ? ['1']
      : ['runs', 'journal', 'audit_head', 'officers', 'sign_in_failures'];
  return checks.every((what) => db.pragma(`quick_check(${what})`, { simple: true }) === 'ok');
}

/** Under another name until it is whole, so that a file with the real name is never half made. */
function create(file: string): void {
  const unfinished = `${file}.new`;
  rmSync(unfinished, { force: true });
  const db = new Database(unfinished);
  db.exec(`BEGIN; ${stationSchema} COMMIT;`);
  db.pragma(`application_id = ${applicationId}`);
  db.pragma(`user_version = ${stationSchemaVersion}`);
  db.close();
  renameSync(unfinished, file);
  syncFolder(dirname(file));
}

function openForWriting(file: string): Database.Database {
  const db = new Database(file, { timeout: 500 });
  // WAL alone lowers `synchronous` to NORMAL, which loses acknowledged commits at a power cut.
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  // One station to one data folder: a second process is told so instead of sharing the journal.
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('foreign_keys = ON');
  db.exec('BEGIN EXCLUSIVE; COMMIT');
  upgrade(db);
  return db;
}

/** Each version whole or not at all. */
function upgrade(db: Database.Database): void {
  const found = Number(db.pragma('user_version', { simple: true }));
  for (const { version, sql } of stationUpgrades.filter((each) => each.version > found))
    db.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${version}; COMMIT;`);
}

function databaseOver(file: string, db: Database.Database): StationDatabase {
  let pending: (() => void)[] = [];
  return {
    file,
    db,
    write(work) {
      if (!db.open) return closed();
      if (db.inTransaction) return work();
      pending = [];
      try {
        db.exec('BEGIN IMMEDIATE');
        const result = work();
        db.exec(result.ok ? 'COMMIT' : 'ROLLBACK');
        if (result.ok) for (const each of pending) each();
        return result;
      } catch (error) {
        rollBack(db);
        const fault = storageFault(error);
        if (!fault) throw error;
        return fault;
      }
    },
    read(work) {
      if (!db.open) return closed();
      try {
        return ok(work());
      } catch (error) {
        const fault = storageFault(error);
        if (!fault) throw error;
        return fault;
      }
    },
    afterCommit(work) {
      if (db.inTransaction) pending.push(work);
      else work();
    },
    close() {
      db.close();
    },
  };
}

/** SQLite ends a transaction by itself at some errors. */
function rollBack(db: Database.Database): void {
  if (db.open && db.inTransaction) db.exec('ROLLBACK');
}

/** The station has stopped; what a run still wants to write now, the next start finds unfinished. */
const closed = () => fail('database-locked', { reason: 'closed' });

/** SQLite's result codes by what has to be done about them; undefined for anything that is a bug. */
export function storageFault(error: unknown): Failed | undefined {
  if (!(error instanceof Database.SqliteError)) return undefined;
  const { code } = error;
  if (code === 'SQLITE_FULL') return fail('storage-full');
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return fail('database-locked');
  if (
    ['SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_IOERR', 'SQLITE_READONLY', 'SQLITE_CANTOPEN'].some((class_) =>
      code.startsWith(class_),
    )
  )
    return fail('database-damaged', { reason: code });
  return undefined;
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  fsyncSync(handle);
  closeSync(handle);
}

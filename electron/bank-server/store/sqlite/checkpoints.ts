import type BetterSqlite3 from 'better-sqlite3';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { logState } from './log-state.ts';

/** Brings SQLite's log (WAL) into the database file before SQLite would do it in the middle of a commit. */
export interface Checkpoints {
  /** To be called between two transactions. */
  afterCommit(): void;
  close(): Promise<void>;
}

/**
 * Pages, 48 MiB. Commits change the same pages again and again, and each is written once: the longer the log, the less
 * there is to write, and the fewer commits have to share the disk with it.
 */
const ENOUGH = 12_000;
/** Should there be no thread: SQLite's own checkpoint, 128 MiB. */
export const NEVER_LONGER = 32_000;
/** To look at the log costs as much as a small query. */
const COMMITS_BETWEEN_LOOKS = 16;

/**
 * A thread with a connection of its own writes the pages and flushes the file while the bank goes on. Only when nothing
 * is left does SQLite begin the log from its start, and under load something always is: the bank writes the last few
 * itself, between two transactions. Where the thread is lost, SQLite does it all as it used to.
 *
 *   bank    ─ commit ─ commit ─ commit ─ the last few ─ commit ─ …
 *   thread          └─ write, flush ───┘
 */
export const openCheckpoints = (sqlite: BetterSqlite3.Database): Checkpoints => {
  let thread: Worker | undefined;
  let state: 'idle' | 'writing' | 'written' | 'lost' = 'idle';
  let commits = 0;

  const start = (): Worker => {
    // Beside this file, in the bundle too.
    const file = new URL(`./checkpoint-thread${extname(import.meta.url)}`, import.meta.url);
    const started = new Worker(file, { workerData: sqlite.name });
    started.unref();
    started.on('message', () => {
      state = 'written';
    });
    started.on('error', () => {
      state = 'lost';
    });
    return started;
  };

  const look = (): void => {
    if (state === 'written') {
      state = 'idle';
      sqlite.pragma('wal_checkpoint(PASSIVE)');
      return;
    }
    commits += 1;
    if (state !== 'idle' || commits % COMMITS_BETWEEN_LOOKS !== 0) return;
    if (logState(sqlite).left < ENOUGH) return;
    state = 'writing';
    thread ??= start();
    thread.postMessage('write');
  };

  return {
    afterCommit() {
      try {
        look();
      } catch {
        // Nothing is lost: it stays in the log and is tried again. A disk that is full is told to who commits.
      }
    },
    async close() {
      if (thread === undefined || state === 'lost') return;
      const ended = Promise.withResolvers<unknown>();
      thread.ref();
      thread.once('exit', ended.resolve);
      thread.postMessage('close');
      await ended.promise;
    },
  };
};

import BetterSqlite3 from 'better-sqlite3';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckpoints } from '../../../electron/bank-server/store/sqlite/checkpoints.ts';
import { logState } from '../../../electron/bank-server/store/sqlite/log-state.ts';

let folder: string;
let file: string;
let sqlite: BetterSqlite3.Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cardwright-checkpoints-'));
  file = join(folder, 'bank.sqlite');
  sqlite = new BetterSqlite3(file);
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma('wal_autocheckpoint = 0');
  sqlite.exec('create table pages (content blob not null)');
});
afterEach(() => {
  sqlite.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Some twenty pages. */
const commit = (): void => {
  sqlite.prepare(`insert into pages values (zeroblob(${20 * 4096}))`).run();
};

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

describe('the log of SQLite', () => {
  it(
    'is brought into the file while commits go on, and then begun from its start',
    { timeout: 120_000 },
    async () => {
      const checkpoints = openCheckpoints(sqlite);
      let longest = 0;
      let commits = 0;
      for (let begunAnew = false; !begunAnew;) {
        commit();
        commits += 1;
        const { pages } = logState(sqlite);
        begunAnew = pages < longest;
        longest = Math.max(longest, pages);
        checkpoints.afterCommit();
        await turn();
      }
      // What the bank itself wrote at the end is the smallest part of it.
      expect(statSync(file).size).toBeGreaterThan(longest * 4096 * 0.9);
      expect(longest).toBeLessThan(32_000);
      await checkpoints.close();
      sqlite.close();
      sqlite = new BetterSqlite3(file);
      expect(sqlite.prepare('select count(*) from pages').pluck().get()).toBe(commits);
      expect(sqlite.pragma('integrity_check', { simple: true })).toBe('ok');
    },
  );

  it('is left to SQLite where there can be no thread', async () => {
    const elsewhere = new Proxy(sqlite, {
      get: (target, name) => {
        if (name === 'name') return join(folder, 'gone.sqlite');
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
    const checkpoints = openCheckpoints(elsewhere);
    for (let at = 0; at < 200; at += 1) {
      commit();
      checkpoints.afterCommit();
      await turn();
    }
    await checkpoints.close();
    const { pages, left } = logState(sqlite);
    expect(pages).toBeGreaterThan(2_000);
    expect(left).toBe(pages);
  });

  it('stays as it is where the disk takes no more: who commits is not in its way', () => {
    const full = new Proxy(sqlite, {
      get: (target, name) =>
        name === 'pragma'
          ? () => {
              throw new BetterSqlite3.SqliteError('database or disk is full', 'SQLITE_FULL');
            }
          : (Reflect.get(target, name) as unknown),
    });
    const checkpoints = openCheckpoints(full);
    expect(() => {
      for (let at = 0; at < 20; at += 1) checkpoints.afterCommit();
    }).not.toThrow();
  });
});

import type BetterSqlite3 from 'better-sqlite3';

/** Pages of SQLite's log (WAL), 4 KiB each. */
export interface LogState {
  readonly pages: number;
  /** Of these, not in the database file yet. */
  readonly left: number;
}

export const logState = (sqlite: BetterSqlite3.Database): LogState => {
  const [{ log, checkpointed }] = sqlite.pragma('wal_checkpoint(NOOP)') as [
    { readonly log: number; readonly checkpointed: number },
  ];
  return { pages: log, left: log - checkpointed };
};

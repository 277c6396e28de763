import type { SignedTreeHead } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { isStationId } from '../authority/station-secrets.ts';
import type { Bank } from '../bank.ts';
import type { Database } from '../store/store.ts';
import { newestHead, signedHead } from './signed-heads.ts';

/** Under which the tree over a station's present log is kept: the station's id, until it has begun another one. */
export const treeOf = async (db: Database, stationId: string): Promise<string> => {
  const newest = await db
    .selectFrom('station_logs')
    .select('tree')
    .where('station_id', '=', stationId)
    .orderBy('begun_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.tree ?? stationId;
};

export interface LogBegun {
  readonly tree: string;
  /** What the bank has signed of the log before, for ever. */
  readonly before: { readonly tree: string; readonly head: SignedTreeHead };
}

/**
 * The bank's own people let a station begin another log, whose disk was lost or came back from an older copy: to the
 * bank it would contradict the one before for ever. That one's tree, and every head of it, stay.
 * Fault: bad-input (no station's id, or none whose log the bank has).
 */
export const beginStationLog = (bank: Bank, stationId: string, by: string): Promise<Result<LogBegun>> =>
  bank.store.transaction(async (tx) => {
    if (!isStationId(stationId)) return fail('bad-input', { field: 'stationId' });
    const before = await treeOf(tx, stationId);
    const head = await newestHead(tx, before);
    if (head === undefined) return fail('bad-input', { field: 'stationId', reason: 'no-log' });
    const earlier = await tx
      .selectFrom('station_logs')
      .select('tree')
      .where('station_id', '=', stationId)
      .execute();
    const tree = `${stationId}@${earlier.length + 2}`;
    const row = {
      tree,
      station_id: stationId,
      begun_at: bank.clock().toISOString(),
      begun_by: by,
    };
    await tx.insertInto('station_logs').values(row).execute();
    bank.log.warn(
      { stationId, by, tree, records: head.size, root: head.root },
      'the station begins another log',
    );
    return ok({ tree, before: { tree: before, head: signedHead(bank, head) } });
  });

export interface StationLog {
  readonly stationId: string;
  readonly tree: string;
  readonly at: string;
  readonly by: string;
}

const MOST = 100;

/** Those that took the place of another one, the newest first. */
export const listStationLogs = async (bank: Bank): Promise<readonly StationLog[]> => {
  const rows = await bank.store.db
    .selectFrom('station_logs')
    .selectAll()
    .orderBy('begun_at', 'desc')
    .limit(MOST)
    .execute();
  return rows.map(({ station_id, tree, begun_at, begun_by }) => ({
    stationId: station_id,
    tree,
    at: begun_at,
    by: begun_by,
  }));
};

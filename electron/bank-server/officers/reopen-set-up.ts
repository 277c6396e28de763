import { ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { Database } from '../store/store.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import { endOfficerCard } from './officer-cards.ts';

/**
 * The bank's own people let a station begin anew, when its last manager's card is lost: the cards of its managers end,
 * and the next manager orders a first card alone, once.
 */
export const reopenOfficerSetUp = (
  bank: Bank,
  stationId: string,
  by: string,
): Promise<Result<{ ended: number }>> =>
  bank.store.transaction(async (tx) => {
    const now = bank.clock();
    const managers = await tx
      .selectFrom('officer_cards')
      .selectAll()
      .where('station_id', '=', stationId)
      .where('role', '=', 'manager')
      .where('state', '!=', 'revoked')
      .execute();
    for (const each of managers) await endOfficerCard(tx, now, each, 'lost', by, null);
    await letFirstCardBeOrdered(tx, stationId, now);
    bank.log.warn({ stationId, by, ended: managers.length }, "the station's officers begin anew");
    return ok({ ended: managers.length });
  });

/** From now on the next manager of the station orders a card without a signature, once. */
export const letFirstCardBeOrdered = (tx: Database, stationId: string, now: Date): Promise<void> =>
  writeSetting(tx, `officers-begin/${stationId}`, now.toISOString());

/**
 * From the first manager's card of a station on, and for ever: a card that was lost does not open the door to unsigned
 * orders again, only the bank's own people do.
 */
export const managersHaveCards = async (db: Database, stationId: string): Promise<boolean> => {
  const since = (await readSetting(db, `officers-begin/${stationId}`)) ?? '';
  const first = await db
    .selectFrom('officer_cards')
    .select('certificate_sha256')
    .where('station_id', '=', stationId)
    .where('role', '=', 'manager')
    .where('activated_at', '>', since)
    .limit(1)
    .executeTakeFirst();
  return first !== undefined;
};

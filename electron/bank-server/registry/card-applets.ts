import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { actorOf, type ApiCall } from '../http/api-call.ts';
import type { BankTransaction } from '../store/store.ts';
import { changeCard } from './moves.ts';

type Read = BankApi['readCardApplets'];
type Report = BankApi['reportCardApplet'];

export const readCardApplets = async (
  { store }: Bank,
  mediumIdentity: string,
): Promise<Result<RouteReply<Read>>> => {
  const rows = await store.db
    .selectFrom('card_applets')
    .selectAll()
    .where('medium_identity', '=', mediumIdentity)
    .orderBy('package_aid')
    .execute();
  return ok({
    applets: rows.map((row) => ({
      packageAid: row.package_aid,
      version: row.version,
      since: row.since,
      officerId: row.officer_id,
      stationId: row.station_id,
    })),
  });
};

/** What is on the card now. Of a customer's card it is also in the story of that card. */
export const reportCardApplet = (
  _bank: Bank,
  call: ApiCall<RouteReply<Report>>,
  mediumIdentity: string,
  { packageAid, version, replaced = [], officerId }: RouteBody<Report>,
): Promise<Result<RouteReply<Report>>> =>
  call.commit(async (tx) => {
    const gone = [...replaced, packageAid];
    const before = await tx
      .selectFrom('card_applets')
      .select(['package_aid', 'version'])
      .where('medium_identity', '=', mediumIdentity)
      .where('package_aid', 'in', gone)
      .executeTakeFirst();
    await tx
      .deleteFrom('card_applets')
      .where('medium_identity', '=', mediumIdentity)
      .where('package_aid', 'in', gone)
      .execute();
    if (version !== undefined)
      await tx
        .insertInto('card_applets')
        .values({
          medium_identity: mediumIdentity,
          package_aid: packageAid,
          version,
          since: call.now.toISOString(),
          officer_id: officerId,
          station_id: call.station.stationId,
        })
        .execute();
    const why = `applet ${packageAid}: ${before?.version ?? 'none'} replaced by ${version ?? 'none'}`;
    return writeDown(tx, call, mediumIdentity, officerId, why);
  });

const writeDown = async (
  tx: BankTransaction,
  call: ApiCall<RouteReply<Report>>,
  mediumIdentity: string,
  officerId: string,
  why: string,
): Promise<Result<RouteReply<Report>>> => {
  const card = await tx
    .selectFrom('cards')
    .selectAll()
    .where('live_medium', '=', mediumIdentity)
    .executeTakeFirst();
  if (card === undefined) return ok({});
  const changed = await changeCard(tx, card, actorOf(call, officerId), why, {});
  return changed.ok ? ok({}) : changed;
};

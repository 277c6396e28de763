import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import type { StockCard } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { ApiCall } from '../http/api-call.ts';
import { recordCardEvent } from '../key-service/card-events.ts';
import { readManagedCard, usableCard } from '../key-service/card-keys.ts';
import type { Database } from '../store/store.ts';
import type { KeyState } from '../store/tables.ts';

type Prepare = BankApi['reportPrepared'];
type Withdraw = BankApi['withdrawPrepared'];
type Read = BankApi['readStockCard'];

/**
 * A card goes from blank to prepared: it has proven its own management key to the bank, and its PUK is the bank's.
 * Prepared again it stays so. Faults: card-quarantined, card-state-conflict (its keys are still the factory's),
 * medium-already-registered (a customer's card lives on it).
 */
export const reportPrepared = async (
  bank: Bank,
  call: ApiCall<RouteReply<Prepare>>,
  mediumIdentity: string,
  { medium, officerId }: RouteBody<Prepare>,
): Promise<Result<RouteReply<Prepare>>> => {
  if (medium.identity !== mediumIdentity || medium.kind === 'sd-card')
    return fail('request-malformed', { field: 'medium' });
  const keys = await usableCard(bank.store.db, mediumIdentity);
  if (!keys.ok) return keys;
  return call.commit(async (tx) => {
    const live = await tx
      .selectFrom('cards')
      .select(['card_id', 'state'])
      .where('live_medium', '=', mediumIdentity)
      .executeTakeFirst();
    if (live) return fail('medium-already-registered', { cardId: live.card_id, state: live.state });
    const {
      management_key: managementKey,
      puk,
      channel_keys: channelKeys,
    } = await readManagedCard(tx, mediumIdentity);
    if (!hasOwnSecrets(managementKey, puk, channelKeys))
      return fail('card-state-conflict', { state: 'blank', managementKey, puk, channelKeys });
    const row = {
      medium_identity: mediumIdentity,
      medium_kind: medium.kind,
      medium_serial: medium.serial,
      state: 'prepared',
      since: call.now.toISOString(),
      officer_id: officerId,
      station_id: call.station.stationId,
    } as const;
    await tx
      .insertInto('stock_cards')
      .values(row)
      .onConflict((conflict) => conflict.column('medium_identity').doUpdateSet(row))
      .execute();
    await recordCardEvent(tx, call, mediumIdentity, { kind: 'prepared', officerId });
    const stock = await stockCardOf(tx, mediumIdentity);
    return stock ? ok({ stock }) : fail('bank-internal-error');
  });
};

export const withdrawPrepared = (
  _bank: Bank,
  call: ApiCall<RouteReply<Withdraw>>,
  mediumIdentity: string,
  { officerId, reason }: RouteBody<Withdraw>,
): Promise<Result<RouteReply<Withdraw>>> =>
  call.commit(async (tx) => {
    const update = await tx
      .updateTable('stock_cards')
      .set({ state: 'blank', since: call.now.toISOString(), officer_id: officerId })
      .where('medium_identity', '=', mediumIdentity)
      .where('state', '=', 'prepared')
      .executeTakeFirst();
    if (update.numUpdatedRows === 1n)
      await recordCardEvent(tx, call, mediumIdentity, { kind: 'withdrawn', officerId, reason });
    return ok({});
  });

export const readStockCard = async (
  bank: Bank,
  mediumIdentity: string,
): Promise<Result<RouteReply<Read>>> => {
  const stock = await stockCardOf(bank.store.db, mediumIdentity);
  return ok(stock ? { stock } : {});
};

/** A card without a management key is managed by the keys of its security domain alone. */
const hasOwnSecrets = (managementKey: KeyState, puk: KeyState, channelKeys: KeyState): boolean =>
  puk === 'diversified' && (managementKey === 'diversified' || channelKeys === 'diversified');

/** Prepared is only what still has its own keys and was nobody's card since: a wipe or an issuance need not tell this table. */
const stockCardOf = async (db: Database, mediumIdentity: string): Promise<StockCard | undefined> => {
  const row = await db
    .selectFrom('stock_cards')
    .selectAll()
    .where('medium_identity', '=', mediumIdentity)
    .executeTakeFirst();
  if (!row) return undefined;
  const keys = await readManagedCard(db, mediumIdentity);
  const madeSince = await db
    .selectFrom('cards')
    .select('card_id')
    .where('medium_identity', '=', mediumIdentity)
    .where((where) => where.or([where('live_medium', 'is not', null), where('created_at', '>=', row.since)]))
    .limit(1)
    .executeTakeFirst();
  const own = hasOwnSecrets(keys.management_key, keys.puk, keys.channel_keys);
  return {
    medium: { kind: row.medium_kind, identity: mediumIdentity, serial: row.medium_serial },
    state: row.state === 'blank' || !own ? 'blank' : madeSince ? 'used' : 'prepared',
    since: row.since,
    officerId: row.officer_id,
    stationId: row.station_id,
  };
};

import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { toBase64 } from '../../shared/codec/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { keyCheckValues } from '../../shared/secure-channel/index.ts';
import type { Bank } from '../bank.ts';
import type { Caller } from '../http/api-call.ts';
import type { Database } from '../store/store.ts';
import type { KeyState, ManagedCardRow } from '../store/tables.ts';
import { FACTORY_KEY_VERSION, ownKeyVersion, type ChannelKeyType } from './card-secrets.ts';

/*
 * Which secrets a card has, as far as the bank knows, and whether anybody may try one. A card that refused a
 * key is in quarantine: cards count wrong keys and lock themselves for ever after a few, so it gets one
 * attempt, and then a person looks at it.
 */

export type CardKey = 'management_key' | 'puk' | 'channel_keys';

/** A card that nobody has changed is as it left the factory. */
export const readManagedCard = async (db: Database, mediumIdentity: string): Promise<ManagedCardRow> =>
  (await db
    .selectFrom('managed_cards')
    .selectAll()
    .where('medium_identity', '=', mediumIdentity)
    .executeTakeFirst()) ?? {
    medium_identity: mediumIdentity,
    management_key: 'factory',
    puk: 'factory',
    channel_keys: 'factory',
    quarantined_at: null,
    quarantine_reason: null,
    quarantined_by: null,
    updated_at: '',
  };

/** Fault: card-quarantined. */
export const usableCard = async (db: Database, mediumIdentity: string): Promise<Result<ManagedCardRow>> => {
  const card = await readManagedCard(db, mediumIdentity);
  const { quarantined_at: since, quarantine_reason: reason } = card;
  return since === null
    ? ok(card)
    : fail('card-quarantined', { mediumIdentity, since, reason: reason ?? '' });
};

export const noteKey = (
  db: Database,
  { now }: Pick<Caller, 'now'>,
  mediumIdentity: string,
  key: CardKey,
  state: KeyState,
): Promise<void> => changeManagedCard(db, now, mediumIdentity, { [key]: state });

export const changeManagedCard = async (
  db: Database,
  now: Date,
  mediumIdentity: string,
  changed: Partial<ManagedCardRow>,
): Promise<void> => {
  const updated_at = now.toISOString();
  const fresh = await readManagedCard(db, mediumIdentity);
  await db
    .insertInto('managed_cards')
    .values({ ...fresh, ...changed, updated_at })
    .onConflict((conflict) => conflict.column('medium_identity').doUpdateSet({ ...changed, updated_at }))
    .execute();
};

type ReadCardKeys = BankApi['readCardKeys'];
type ReportCardKeys = BankApi['reportCardKeys'];

export const readCardKeys = async (
  bank: Bank,
  mediumIdentity: string,
): Promise<Result<RouteReply<ReadCardKeys>>> => {
  const card = await readManagedCard(bank.store.db, mediumIdentity);
  const own = (type: ChannelKeyType) => ({
    version: ownKeyVersion[type],
    checkValues: checkValuesOf(bank, 'diversified', type, mediumIdentity),
  });
  const delivered = (type: ChannelKeyType) => ({
    version: FACTORY_KEY_VERSION,
    checkValues: checkValuesOf(bank, 'factory', type, mediumIdentity),
  });
  return ok({
    managementKey: card.management_key,
    puk: card.puk,
    channelKeys: card.channel_keys,
    own: { aes: own('aes'), '3des': own('3des') },
    factory: { aes: delivered('aes'), '3des': delivered('3des') },
    ...(card.quarantined_at !== null && {
      quarantine: { since: card.quarantined_at, reason: card.quarantine_reason ?? '' },
    }),
  });
};

/** Three bytes of each key's encryption of a known block: they tell keys apart and nothing more. */
const checkValuesOf = (
  bank: Bank,
  version: 'factory' | 'diversified',
  type: ChannelKeyType,
  mediumIdentity: string,
): string[] =>
  keyCheckValues(bank.cardSecrets.channelKeySet(version, type, mediumIdentity)).map((value) =>
    toBase64(value),
  );

/** What the card now says of its PUK or, after a reset, of all its secrets. */
export const reportCardKeys = async (
  bank: Bank,
  { now }: Caller,
  mediumIdentity: string,
  { managementKey, puk }: RouteBody<ReportCardKeys>,
): Promise<Result<RouteReply<ReportCardKeys>>> => {
  await changeManagedCard(bank.store.db, now, mediumIdentity, {
    ...(managementKey !== undefined && { management_key: managementKey }),
    ...(puk !== undefined && { puk }),
  });
  return ok({});
};

import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { toBase64 } from '../../shared/codec/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { keyCheckValues } from '../../shared/secure-channel/index.ts';
import type { Bank } from '../bank.ts';
import type { Caller } from '../http/api-call.ts';
import type { Database } from '../store/store.ts';
import type { KeyState, ManagedCardRow } from '../store/tables.ts';
import {
  canBeOf,
  FACTORY_KEY_VERSION,
  ownKeyVersion,
  type CardSecrets,
  type ChannelKeyType,
} from './card-secrets.ts';
import { originText, parseOrigin, type Origin, type SecretSource } from './origin.ts';

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
    management_key_origin: null,
    puk_origin: null,
    channel_keys_origin: null,
    management_key_before: null,
    channel_keys_before: null,
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

/**
 * What the card's secret comes from, as the book knows it; while it is changing, what it shall come from. Faults:
 * those of a master key.
 */
export const originOf = async (
  secrets: CardSecrets,
  card: ManagedCardRow,
  key: CardKey,
): Promise<Result<Origin>> => {
  const written = parseOrigin(card[`${key}_origin`]);
  if (written) return ok(written);
  const { medium_identity: mediumIdentity } = card;
  return card[key] === 'factory' ? secrets.newest(mediumIdentity) : secrets.first(mediumIdentity);
};

/** The card has proven it, or took it: no question is open about this secret. */
export const noteKey = (
  db: Database,
  { now }: Pick<Caller, 'now'>,
  mediumIdentity: string,
  key: CardKey,
  source: SecretSource,
): Promise<void> =>
  changeManagedCard(db, now, mediumIdentity, {
    [key]: source === 'factory' ? 'factory' : 'diversified',
    [`${key}_origin`]: originText(source),
    ...(key !== 'puk' && { [`${key}_before`]: null }),
  });

/** A command that sets it is on its way. `from`: what the card has, where that is known. */
export const noteChange = (
  db: Database,
  { now }: Pick<Caller, 'now'>,
  mediumIdentity: string,
  key: CardKey,
  { from, to }: { readonly from?: SecretSource; readonly to: SecretSource },
): Promise<void> =>
  changeManagedCard(db, now, mediumIdentity, {
    [key]: 'changing',
    // On the way to the factory's: the card may still have its own.
    ...(to !== 'factory' && { [`${key}_origin`]: originText(to) }),
    ...(to !== 'factory' && key !== 'puk' && { [`${key}_before`]: originText(from ?? 'factory') }),
  });

/**
 * A card was to get another of the bank's own keys and refuses that: then it has the one from before, if it had
 * one. True: that one is now in the book, and may be tried.
 */
export const hasKeyFromBefore = async (
  { db, transaction }: Bank['store'],
  { now }: Pick<Caller, 'now'>,
  mediumIdentity: string,
): Promise<boolean> => {
  const card = await readManagedCard(db, mediumIdentity);
  if (card.management_key !== 'changing' || card.management_key_before === null) return false;
  const done = await transaction(async (tx) => {
    const fresh = await readManagedCard(tx, mediumIdentity);
    if (fresh.management_key_before === null) return ok(false);
    await changeManagedCard(tx, now, mediumIdentity, {
      management_key: 'diversified',
      management_key_origin: fresh.management_key_before,
      management_key_before: null,
    });
    return ok(true);
  });
  return done.ok && done.value;
};

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
  const present = await originOf(bank.cardSecrets, card, 'channel_keys');
  if (!present.ok) return present;
  const before = parseOrigin(card.channel_keys_before);
  const factory = {
    aes: await delivered(bank, 'aes'),
    '3des': await delivered(bank, '3des'),
  };
  // Of keys that no card has yet nothing is told: what they will come from, the card says first.
  const known = card.channel_keys !== 'factory';
  return ok({
    managementKey: card.management_key,
    puk: card.puk,
    channelKeys: card.channel_keys,
    own: await bothTypes(bank, present.value, known),
    ...(before && { before: await bothTypes(bank, before, known) }),
    factory,
    ...(card.quarantined_at !== null && {
      quarantine: { since: card.quarantined_at, reason: card.quarantine_reason ?? '' },
    }),
  });
};

type KeyInfo = RouteReply<ReadCardKeys>['own']['aes'];

const bothTypes = async (bank: Bank, origin: Origin, known: boolean) => ({
  aes: await own(bank, origin, 'aes', known),
  '3des': await own(bank, origin, '3des', known),
});

const own = async (bank: Bank, origin: Origin, type: ChannelKeyType, known: boolean): Promise<KeyInfo> => ({
  version: ownKeyVersion(type, origin),
  checkValues: known && canBeOf(type, origin) ? await checkValuesOf(bank, origin, type) : [],
});

const delivered = async (bank: Bank, type: ChannelKeyType): Promise<KeyInfo> => ({
  version: FACTORY_KEY_VERSION,
  checkValues: await checkValuesOf(bank, 'factory', type),
});

/** Three bytes of each key's encryption of a known block: they tell keys apart and nothing more. */
const checkValuesOf = async (bank: Bank, source: SecretSource, type: ChannelKeyType): Promise<string[]> => {
  const keySet = await bank.cardSecrets.channelKeySet(source, type);
  return keySet.ok ? keyCheckValues(keySet.value).map((value) => toBase64(value)) : [];
};

/** What the card now says of its PUK or, after a reset, of all its secrets. */
export const reportCardKeys = async (
  bank: Bank,
  { now }: Caller,
  mediumIdentity: string,
  { managementKey, puk }: RouteBody<ReportCardKeys>,
): Promise<Result<RouteReply<ReportCardKeys>>> => {
  await changeManagedCard(bank.store.db, now, mediumIdentity, {
    ...(managementKey !== undefined && {
      management_key: managementKey,
      ...forgotten('management_key', managementKey),
    }),
    ...(puk !== undefined && { puk, ...forgotten('puk', puk) }),
  });
  return ok({});
};

/** What comes from the factory comes from no master key. */
export const forgotten = (key: CardKey, state: KeyState): Partial<ManagedCardRow> =>
  state === 'factory' ? { [`${key}_origin`]: null, ...(key !== 'puk' && { [`${key}_before`]: null }) } : {};

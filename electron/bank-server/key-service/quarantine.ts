import { randomUUID } from 'node:crypto';
import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { aboutRelease } from '../../shared/domain/index.ts';
import type { KeyAttempt, QuarantinedCard, QuarantineRelease } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { ApiCall, Caller } from '../http/api-call.ts';
import type { Database } from '../store/store.ts';
import { checkSignedAct } from '../officers/check-signed-act.ts';
import type { ManagedCardRow, QuarantineReleaseRow } from '../store/tables.ts';
import { readCardEvents, recordCardEvent } from './card-events.ts';
import { changeManagedCard, forgotten, hasKeyFromBefore, readManagedCard } from './card-keys.ts';

/*
 * A card that refused a key is set aside with what was tried on it. Two people let it out: a technician says what
 * the card has, a manager who is somebody else says yes. Roles are the station's word, whose certificate the bank
 * knows; that the two are not one person is held here, over all stations.
 */

type Report = BankApi['quarantineCard'];
type Find = BankApi['findQuarantined'];
type Ask = BankApi['askQuarantineRelease'];
type Decide = BankApi['decideQuarantineRelease'];

/** For good, until two people release it; the first reason stays. */
export const quarantine = async (
  bank: Bank,
  caller: Caller,
  mediumIdentity: string,
  reason: string,
  refused?: Pick<KeyAttempt, 'what' | 'version'>,
): Promise<Result<void>> => {
  const { station, now } = caller;
  const done = await bank.store.transaction(async (tx) => {
    if ((await readManagedCard(tx, mediumIdentity)).quarantined_at !== null) return ok(false);
    await changeManagedCard(tx, now, mediumIdentity, {
      quarantined_at: now.toISOString(),
      quarantine_reason: reason,
      quarantined_by: station.stationId,
    });
    const attempts = await lastAttempts(tx, caller, mediumIdentity, refused);
    await recordCardEvent(tx, caller, mediumIdentity, { kind: 'quarantined', reason, attempts });
    return ok(true);
  });
  if (!done.ok) return done;
  if (done.value) bank.log.warn({ mediumIdentity, reason, station: station.stationId }, 'card in quarantine');
  return ok();
};

/** How far back an attempt has to do with this refusal. */
const LOOKED_BACK_MS = 15 * 60_000;
const VALID_MS = 120_000;
const MOST_ATTEMPTS = 10;

/** What was tried on the card just before, as long as the rows that prove it are there. */
const lastAttempts = async (
  db: Database,
  { now }: Caller,
  mediumIdentity: string,
  refused: Pick<KeyAttempt, 'what' | 'version'> | undefined,
): Promise<KeyAttempt[]> => {
  const rows = await db
    .selectFrom('management_authentications')
    .select(['key_version', 'expires_at', 'used_at'])
    .where('medium_identity', '=', mediumIdentity)
    .where('expires_at', '>', new Date(now.getTime() - LOOKED_BACK_MS).toISOString())
    .orderBy('expires_at', 'desc')
    .limit(MOST_ATTEMPTS)
    .execute();
  const management = rows.map(({ key_version, expires_at, used_at }): KeyAttempt => ({
    at: used_at ?? new Date(Date.parse(expires_at) - VALID_MS).toISOString(),
    what: 'management-key',
    version: key_version === 'factory' ? 'factory' : 'diversified',
    // A wrong answer ends the authentication at the moment it was given.
    answer: used_at === null ? 'none' : used_at === expires_at ? 'refused' : 'right',
  }));
  const channel: KeyAttempt[] =
    refused?.what === 'channel-keys' ? [{ at: now.toISOString(), ...refused, answer: 'refused' }] : [];
  return [...management, ...channel].sort((one, other) => one.at.localeCompare(other.at));
};

/**
 * The station saw the refusal itself, and no answer came to the bank. `tryAgain`: the card was to get another key of
 * the bank's and has not taken it; the one from before is tried, once.
 */
export const quarantineCard = async (
  bank: Bank,
  caller: Caller,
  mediumIdentity: string,
  { reason }: RouteBody<Report>,
): Promise<Result<RouteReply<Report>>> => {
  if (reason === 'management-key' && (await hasKeyFromBefore(bank.store, caller, mediumIdentity)))
    return ok({ tryAgain: true });
  const done = await quarantine(bank, caller, mediumIdentity, reason);
  return done.ok ? ok({}) : done;
};

const MOST_CARDS = 200;

export const findQuarantined = async (bank: Bank): Promise<Result<RouteReply<Find>>> => {
  const { db } = bank.store;
  const rows = await db
    .selectFrom('managed_cards')
    .selectAll()
    .where('quarantined_at', 'is not', null)
    .orderBy('quarantined_at', 'desc')
    .limit(MOST_CARDS)
    .execute();
  const cards = [];
  for (const row of rows) cards.push(await quarantinedCardOf(db, row));
  return ok({ cards });
};

const quarantinedCardOf = async (db: Database, row: ManagedCardRow): Promise<QuarantinedCard> => {
  const { medium_identity: mediumIdentity } = row;
  const { events, attempts } = await readCardEvents(db, mediumIdentity);
  const pending = await pendingRelease(db, mediumIdentity);
  const serial = await serialOf(db, mediumIdentity);
  return {
    mediumIdentity,
    ...(serial !== undefined && { serial }),
    since: row.quarantined_at ?? '',
    reason: row.quarantine_reason ?? '',
    stationId: row.quarantined_by ?? '',
    keys: { managementKey: row.management_key, puk: row.puk, channelKeys: row.channel_keys },
    attempts,
    events,
    ...(pending && { pending: releaseOf(pending) }),
  };
};

const releaseOf = (row: QuarantineReleaseRow): QuarantineRelease => ({
  releaseId: row.release_id,
  finding: row.finding,
  reason: row.reason,
  askedBy: row.asked_by,
  askedAt: row.asked_at,
  stationId: row.station_id,
});

const pendingRelease = (db: Database, mediumIdentity: string): Promise<QuarantineReleaseRow | undefined> =>
  db
    .selectFrom('quarantine_releases')
    .selectAll()
    .where('pending_for', '=', mediumIdentity)
    .executeTakeFirst();

const serialOf = async (db: Database, mediumIdentity: string): Promise<string | undefined> => {
  const stock = await db
    .selectFrom('stock_cards')
    .select('medium_serial')
    .where('medium_identity', '=', mediumIdentity)
    .executeTakeFirst();
  if (stock) return stock.medium_serial;
  const card = await db
    .selectFrom('cards')
    .select('medium_serial')
    .where('medium_identity', '=', mediumIdentity)
    .limit(1)
    .executeTakeFirst();
  return card?.medium_serial;
};

/** Faults: not-allowed (no technician), card-not-quarantined, release-waits. */
export const askQuarantineRelease = (
  _bank: Bank,
  call: ApiCall<RouteReply<Ask>>,
  mediumIdentity: string,
  { finding, reason, officer }: RouteBody<Ask>,
): Promise<Result<RouteReply<Ask>>> =>
  call.commit(async (tx) => {
    if (officer.role !== 'technician')
      return fail('not-allowed', { call: 'askQuarantineRelease', role: officer.role });
    if ((await readManagedCard(tx, mediumIdentity)).quarantined_at === null)
      return fail('card-not-quarantined', { mediumIdentity });
    const waits = await pendingRelease(tx, mediumIdentity);
    if (waits) return fail('release-waits', { releaseId: waits.release_id });
    const releaseId = randomUUID();
    await tx
      .insertInto('quarantine_releases')
      .values({
        release_id: releaseId,
        medium_identity: mediumIdentity,
        pending_for: mediumIdentity,
        state: 'pending',
        finding,
        reason,
        asked_by: officer.officerId,
        asked_at: call.now.toISOString(),
        station_id: call.station.stationId,
        decided_by: null,
        decided_at: null,
        decision_reason: null,
        signed_act: null,
      })
      .execute();
    const { officerId } = officer;
    await recordCardEvent(tx, call, mediumIdentity, { kind: 'release-asked', officerId, reason, finding });
    return ok({ releaseId });
  });

/**
 * Faults: not-allowed (no manager), second-officer-needed, card-not-quarantined (decided already, or unknown),
 * officer-signature-needed, officer-signature-refused {reason}.
 */
export const decideQuarantineRelease = async (
  bank: Bank,
  call: ApiCall<RouteReply<Decide>>,
  releaseId: string,
  { approved, reason, officer, signed }: RouteBody<Decide>,
): Promise<Result<RouteReply<Decide>>> => {
  const { officerId, role } = officer;
  const decided = await call.commit(async (tx) => {
    if (role !== 'manager') return fail('not-allowed', { call: 'decideQuarantineRelease', role });
    const release = await tx
      .selectFrom('quarantine_releases')
      .selectAll()
      .where('release_id', '=', releaseId)
      .executeTakeFirst();
    if (release?.state !== 'pending') return fail('card-not-quarantined', { releaseId });
    if (release.asked_by === officerId) return fail('second-officer-needed', { officerId });
    const { medium_identity: mediumIdentity, finding } = release;
    const act = approved ? 'release-from-quarantine' : 'leave-in-quarantine';
    const about = aboutRelease({
      releaseId,
      mediumIdentity,
      finding,
      askedBy: release.asked_by,
      reason: release.reason,
      note: reason,
    });
    const authorised = await checkSignedAct(bank, tx, call, { act, about, officer, signed });
    if (!authorised.ok) return authorised;
    const update = await tx
      .updateTable('quarantine_releases')
      .set({
        state: approved ? 'released' : 'refused',
        pending_for: null,
        decided_by: officerId,
        decided_at: call.now.toISOString(),
        decision_reason: reason,
        signed_act: signed ? JSON.stringify(signed) : null,
      })
      .where('release_id', '=', releaseId)
      .where('state', '=', 'pending')
      .executeTakeFirst();
    if (update.numUpdatedRows !== 1n) return fail('card-not-quarantined', { releaseId });
    if (approved)
      await changeManagedCard(tx, call.now, mediumIdentity, {
        quarantined_at: null,
        quarantine_reason: null,
        quarantined_by: null,
        ...(finding === 'factory' && {
          management_key: 'factory',
          ...forgotten('management_key', 'factory'),
          puk: 'factory',
          ...forgotten('puk', 'factory'),
          channel_keys: 'factory',
          ...forgotten('channel_keys', 'factory'),
        }),
      });
    const kind = approved ? 'released' : 'release-refused';
    await recordCardEvent(tx, call, mediumIdentity, { kind, officerId, reason, finding });
    return ok({ mediumIdentity, released: approved, askedBy: release.asked_by });
  });
  if (decided.ok)
    bank.log.warn({ releaseId, officerId, ...decided.value }, 'release from quarantine decided');
  return decided;
};

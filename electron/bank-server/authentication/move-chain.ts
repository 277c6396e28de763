import { randomUUID } from 'node:crypto';
import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { actorOf, type ApiCall } from '../http/api-call.ts';
import { readCardFile, readCardRecord } from '../registry/card-record.ts';
import { changeCard } from '../registry/moves.ts';
import type { BankTransaction } from '../store/store.ts';
import type { ChainMoveRow } from '../store/tables.ts';
import { makeChain } from './otp-chains.ts';

/*
 * A card's one-time passwords begin anew at the counter (S1): its customer has another phone, or two phones went on
 * with one chain. The customer is there, with the card and the account PIN.
 *
 *   begin, with a fresh PIN check ──▶ new seed, the chain in force goes on ──▶ written on the card
 *     └── withdraw: nothing has changed            finish ──▶ the new chain is in force, the old one is over
 */

/** Chain in which a card began; each move counts one more. */
const FIRST_EPOCH = 1;

/**
 * Faults: card-state-conflict (another medium, no chain, not in use), certificate-unknown, pin-check-expired.
 * A move that was begun before and not finished is withdrawn.
 */
export const beginChainMove = async (
  bank: Bank,
  call: ApiCall<RouteReply<BankApi['beginChainMove']>>,
  cardId: string,
  { pinCheckId, reason, officerId }: RouteBody<BankApi['beginChainMove']>,
): Promise<Result<RouteReply<BankApi['beginChainMove']>>> => {
  const file = await readCardFile(bank.store.db, cardId);
  if (!file.ok) return file;
  const { card, certificate, registration } = file.value;
  if (certificate === undefined) return fail('certificate-unknown', { cardId });
  const copied = card.state === 'suspended' && registration.reason === 'chain-forked';
  if (card.medium_kind !== 'sd-card' || (card.state !== 'active' && !copied))
    return fail('card-state-conflict', { cardId, state: card.state });
  const made = await makeChain(bank, card, Buffer.from(certificate.der, 'base64'));
  if (made === undefined) return fail('card-state-conflict', { cardId, field: 'algorithm' });
  const now = call.now.toISOString();
  return call.commit(async (tx) => {
    const chain = await tx
      .selectFrom('otp_chains')
      .select('card_id')
      .where('card_id', '=', cardId)
      .executeTakeFirst();
    if (chain === undefined) return fail('card-state-conflict', { cardId, field: 'otp-chain' });
    const spent = await tx
      .updateTable('pin_checks')
      .set({ used_for: cardId })
      .where('pin_check_id', '=', pinCheckId)
      .where('customer_id', '=', card.customer_id)
      .where('station_id', '=', call.station.stationId)
      .where('used_for', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirst();
    if (spent.numUpdatedRows !== 1n) return fail('pin-check-expired', { customerId: card.customer_id });
    const before = await newestMove(tx, cardId);
    if (before?.state === 'begun') await endMove(tx, before, 'withdrawn', now);
    const epoch = (before?.epoch ?? FIRST_EPOCH) + 1;
    await tx
      .insertInto('chain_moves')
      .values({
        move_id: randomUUID(),
        card_id: cardId,
        epoch,
        state: 'begun',
        keys: made.keys,
        chain: made.state,
        pin_check_id: pinCheckId,
        reason,
        officer_id: officerId,
        station_id: call.station.stationId,
        begun_at: now,
        ended_at: null,
      })
      .execute();
    return ok({ seed: made.seed, epoch });
  });
};

/**
 * The new seed is on the card, sealed by its manifest: from here on only the new chain answers, and what the card
 * had open ends. Asked again it says the same. Faults: challenge-unknown (nothing was begun), card-state-conflict.
 */
export const finishChainMove = (
  _bank: Bank,
  call: ApiCall<RouteReply<BankApi['finishChainMove']>>,
  cardId: string,
  { epoch, contentSha256, officerId }: RouteBody<BankApi['finishChainMove']>,
): Promise<Result<RouteReply<BankApi['finishChainMove']>>> =>
  call.commit(async (tx) => {
    const file = await readCardFile(tx, cardId);
    if (!file.ok) return file;
    const { card } = file.value;
    const move = await newestMove(tx, cardId);
    if (move?.epoch !== epoch || move.state === 'withdrawn') return fail('challenge-unknown', { cardId });
    if (move.state === 'begun') {
      await tx
        .updateTable('otp_chains')
        .set((e) => ({ keys: move.keys ?? '', state: move.chain ?? '', version: e('version', '+', 1) }))
        .where('card_id', '=', cardId)
        .execute();
      await endMove(tx, move, 'in-force', call.now.toISOString());
      await tx.deleteFrom('login_sessions').where('card_id', '=', cardId).execute();
      const why = `one-time passwords begun anew (${move.reason}): chain ${epoch}, the one before is over`;
      const changed = await changeCard(tx, card, actorOf(call, officerId), why, {
        content_sha256: contentSha256,
      });
      if (!changed.ok) return changed;
    } else if (card.content_sha256 !== contentSha256) {
      return fail('card-state-conflict', { cardId, state: card.state });
    }
    const record = await readCardRecord(tx, cardId);
    return record.ok ? ok({ card: record.value }) : record;
  });

/** Nothing has changed for the card. Asked again, or when it is in force already, it says which. */
export const withdrawChainMove = (
  _bank: Bank,
  call: ApiCall<RouteReply<BankApi['withdrawChainMove']>>,
  cardId: string,
): Promise<Result<RouteReply<BankApi['withdrawChainMove']>>> =>
  call.commit(async (tx) => {
    const move = await newestMove(tx, cardId);
    if (move?.state !== 'begun') return ok({ state: move?.state ?? ('withdrawn' as const) });
    await endMove(tx, move, 'withdrawn', call.now.toISOString());
    return ok({ state: 'withdrawn' as const });
  });

/** A card whose chain is being moved is sealed anew although it is suspended. */
export const isChainBeingMoved = async (tx: BankTransaction, cardId: string): Promise<boolean> =>
  (await newestMove(tx, cardId))?.state === 'begun';

const newestMove = (tx: BankTransaction, cardId: string): Promise<ChainMoveRow | undefined> =>
  tx
    .selectFrom('chain_moves')
    .selectAll()
    .where('card_id', '=', cardId)
    .orderBy('epoch', 'desc')
    .executeTakeFirst();

/** Its secrets are in force elsewhere, or nowhere. */
const endMove = async (
  tx: BankTransaction,
  { move_id }: ChainMoveRow,
  state: 'in-force' | 'withdrawn',
  at: string,
): Promise<void> => {
  await tx
    .updateTable('chain_moves')
    .set({ state, keys: null, chain: null, ended_at: at })
    .where('move_id', '=', move_id)
    .execute();
};

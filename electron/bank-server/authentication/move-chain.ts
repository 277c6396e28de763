import { randomUUID } from 'node:crypto';
import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { FIRST_EPOCH } from '../../shared/codec/otp-chain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { actorOf, type ApiCall } from '../http/api-call.ts';
import { readCardFile, readCardRecord } from '../registry/card-record.ts';
import { changeCard } from '../registry/moves.ts';
import type { BankTransaction } from '../store/store.ts';
import type { ChainMoveRow } from '../store/tables.ts';
import { makeChain, makeNextCardChain } from './otp-chains.ts';
import { readChain } from './stored-chain.ts';

/*
 * A card's one-time passwords begin anew at the counter (S1): its customer has another phone, or two phones went on
 * with one chain. The customer is there, with the card and the account PIN.
 *
 *   begin, with a fresh PIN check ──▶ new seed, the chain in force goes on ──▶ written on the card
 *     └── withdraw: nothing has changed            finish ──▶ the new chain is in force, the old one is over
 *
 * An SD card is given the seed, sealed to its key. A SIM or smart card holds the keys itself: they are imported
 * beside those in force, as often as it takes, and the old ones go when the new chain is in force.
 */

/** Undefined: the card has none. Faults: card-unknown. */
export const readOtpChain = (
  bank: Bank,
  cardId: string,
): Promise<Result<RouteReply<BankApi['readOtpChain']>>> =>
  bank.store.transaction(async (tx) => {
    const file = await readCardFile(tx, cardId);
    if (!file.ok) return file;
    const stored = await readChain(bank, tx, cardId);
    if (!stored.ok || stored.value === undefined) return stored.ok ? ok({}) : stored;
    const begun = (await newestMove(tx, cardId))?.state === 'begun';
    const state = begun ? 'waiting' : stored.value.chain.suspended ? 'forked' : 'good';
    return ok({ chain: { state, epoch: await epochInForce(tx, cardId) } });
  });

/**
 * Faults: chain-absent, card-state-conflict (a key that cannot open one, not in use), certificate-unknown,
 * pin-check-expired. A move that was begun before and not finished is withdrawn.
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
  if (card.state !== 'active' && !copied) return fail('card-state-conflict', { cardId, state: card.state });
  const onSd = card.medium_kind === 'sd-card';
  const made = onSd ? await makeChain(bank, card, Buffer.from(certificate.der, 'base64')) : undefined;
  if (onSd && made === undefined) return fail('card-state-conflict', { cardId, field: 'algorithm' });
  const now = call.now.toISOString();
  return call.commit(async (tx) => {
    const chain = await tx
      .selectFrom('otp_chains')
      .select('card_id')
      .where('card_id', '=', cardId)
      .executeTakeFirst();
    if (chain === undefined) return fail('chain-absent', { cardId });
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
        keys: made?.keys ?? null,
        chain: made?.state ?? null,
        pin_check_id: pinCheckId,
        reason,
        officer_id: officerId,
        station_id: call.station.stationId,
        begun_at: now,
        ended_at: null,
      })
      .execute();
    return ok({ epoch, ...(made && { seed: made.seed }) });
  });
};

/** Keys for the move that was begun, for the card's own OATH application. Faults: chain-move-over (no such move). */
export const importMovedChain = async (
  bank: Bank,
  call: ApiCall<RouteReply<BankApi['importMovedChain']>>,
  cardId: string,
  { channelId, epoch }: RouteBody<BankApi['importMovedChain']>,
): Promise<Result<RouteReply<BankApi['importMovedChain']>>> => {
  const file = await readCardFile(bank.store.db, cardId);
  if (!file.ok) return file;
  const { card, certificate } = file.value;
  if (certificate === undefined) return fail('certificate-unknown', { cardId });
  if (card.medium_kind === 'sd-card') return fail('card-state-conflict', { cardId, state: card.state });
  const order = { certificate: Buffer.from(certificate.der, 'base64'), channelId, epoch };
  const made = await makeNextCardChain(bank, call, card, order);
  if (!made.ok) return made;
  const { commands, checkValues, keys, state } = made.value;
  return call.commit(async (tx) => {
    const move = await newestMove(tx, cardId);
    if (move?.epoch !== epoch || move.state !== 'begun') return fail('chain-move-over', { cardId });
    await tx
      .updateTable('chain_moves')
      .set({ keys, chain: state })
      .where('move_id', '=', move.move_id)
      .execute();
    return ok({ commands, checkValues });
  });
};

/**
 * The new seed is on the card, sealed by its manifest: from here on only the new chain answers, and what the card
 * had open ends. Asked again it says the same. Faults: chain-move-over (nothing was begun, no keys were made),
 * card-state-conflict, request-malformed (an SD card without its new seal).
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
    if (card.medium_kind === 'sd-card' && contentSha256 === undefined)
      return fail('request-malformed', { field: 'contentSha256' });
    const move = await newestMove(tx, cardId);
    if (move?.epoch !== epoch || move.state === 'withdrawn') return fail('chain-move-over', { cardId });
    if (move.state === 'begun') {
      const { keys, chain } = move;
      if (keys === null || chain === null) return fail('chain-move-over', { cardId });
      await tx
        .updateTable('otp_chains')
        .set((e) => ({ keys, state: chain, version: e('version', '+', 1) }))
        .where('card_id', '=', cardId)
        .execute();
      await endMove(tx, move, 'in-force', call.now.toISOString());
      await tx.deleteFrom('login_sessions').where('card_id', '=', cardId).execute();
      const why = `one-time passwords begun anew (${move.reason}): chain ${epoch}, the one before is over`;
      const changed = await changeCard(tx, card, actorOf(call, officerId), why, {
        content_sha256: contentSha256 ?? card.content_sha256,
      });
      if (!changed.ok) return changed;
    } else if (contentSha256 !== undefined && card.content_sha256 !== contentSha256) {
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
  { epoch }: RouteBody<BankApi['withdrawChainMove']>,
): Promise<Result<RouteReply<BankApi['withdrawChainMove']>>> =>
  call.commit(async (tx) => {
    const move = await newestMove(tx, cardId, epoch);
    if (move?.state !== 'begun') return ok({ state: move?.state ?? ('withdrawn' as const) });
    await endMove(tx, move, 'withdrawn', call.now.toISOString());
    return ok({ state: 'withdrawn' as const });
  });

/** A card whose chain is being moved is sealed anew although it is suspended. */
export const isChainBeingMoved = async (tx: BankTransaction, cardId: string): Promise<boolean> =>
  (await newestMove(tx, cardId))?.state === 'begun';

/** @param epoch this one, whichever came after it */
const newestMove = (
  tx: BankTransaction,
  cardId: string,
  epoch?: number,
): Promise<ChainMoveRow | undefined> => {
  const moves = tx.selectFrom('chain_moves').selectAll().where('card_id', '=', cardId);
  return (epoch === undefined ? moves : moves.where('epoch', '=', epoch))
    .orderBy('epoch', 'desc')
    .executeTakeFirst();
};

const epochInForce = async (tx: BankTransaction, cardId: string): Promise<number> => {
  const move = await tx
    .selectFrom('chain_moves')
    .select('epoch')
    .where('card_id', '=', cardId)
    .where('state', '=', 'in-force')
    .orderBy('epoch', 'desc')
    .executeTakeFirst();
  return move?.epoch ?? FIRST_EPOCH;
};

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

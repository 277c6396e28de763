import type { BankApi, RouteBody } from '../../shared/bank-api/index.ts';
import type { CardRecord, CardState } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { actorOf, type ApiCall } from '../http/api-call.ts';
import type { BankTransaction } from '../store/store.ts';
import { readCardFile, readCardRecord, type CardFile } from './card-record.ts';
import { changeCard, moveCard, moveRegistration, type CardChange } from './moves.ts';

type CardReply = { card: CardRecord };
type CardCall = ApiCall<CardReply>;

/** The card has its key pair. Until it is certified, a key that was lost may be replaced by another. */
export const reportKeyed = (
  _bank: Bank,
  call: CardCall,
  cardId: string,
  { publicKeySha256 }: RouteBody<BankApi['reportKeyed']>,
): Promise<Result<CardReply>> =>
  change(call, cardId, async (tx, file) => {
    const { card, certificate } = file;
    if (certificate?.public_key_sha256 === publicKeySha256) return ok();
    const bound = await bindKey(tx, publicKeySha256, card.card_id, call.now);
    if (!bound.ok) return bound;
    if (card.state !== 'keyed')
      return move(tx, call, file, 'keyed', 'key pair made', { public_key_sha256: publicKeySha256 });
    await tx
      .updateTable('cards')
      .set({ public_key_sha256: publicKeySha256, version: card.version + 1 })
      .where('card_id', '=', cardId)
      .execute();
    return ok();
  });

/** A key belongs to one card, for ever: the same key on a second card is a copy or a broken generator. */
export const bindKey = async (
  tx: BankTransaction,
  publicKeySha256: string,
  cardId: string,
  now: Date,
): Promise<Result<void>> => {
  const inserted = await tx
    .insertInto('card_keys')
    .values({ public_key_sha256: publicKeySha256, card_id: cardId, since: now.toISOString() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) return ok();
  const owner = await tx
    .selectFrom('card_keys')
    .select('card_id')
    .where('public_key_sha256', '=', publicKeySha256)
    .executeTakeFirstOrThrow();
  return owner.card_id === cardId ? ok() : fail('csr-refused', { reason: 'key-in-use', cardId });
};

/**
 * Everything is on the medium and its marker or manifest is written. A card in force keeps its state: its
 * phone client was replaced by another version.
 */
export const reportWritten = (
  _bank: Bank,
  call: CardCall,
  cardId: string,
  body: RouteBody<BankApi['reportWritten']>,
): Promise<Result<CardReply>> =>
  change(call, cardId, (tx, file) => {
    const { card } = file;
    const content = {
      content_sha256: body.contentSha256,
      ...(body.clientVersion !== undefined && { client_version: body.clientVersion }),
    };
    const known = card.content_sha256 === body.contentSha256;
    if (card.state === 'active' && card.medium_kind === 'sd-card' && body.clientVersion !== undefined)
      return known
        ? done()
        : changeCard(
            tx,
            card,
            actorOf(call, card.officer_id),
            `phone client ${card.client_version ?? ''} replaced by ${body.clientVersion}`,
            content,
          );
    return card.state === 'written' && known
      ? done()
      : move(tx, call, file, 'written', 'content written', content);
  });

/** A verified card may be handed over; its registration stays pending until it is activated. */
export const registerCard = (_bank: Bank, call: CardCall, cardId: string): Promise<Result<CardReply>> =>
  change(call, cardId, (tx, file) =>
    file.card.state === 'registered' ? done() : move(tx, call, file, 'registered', 'proven and registered'),
  );

export const deliverCard = (
  _bank: Bank,
  call: CardCall,
  cardId: string,
  { receiptNumber }: RouteBody<BankApi['deliverCard']>,
): Promise<Result<CardReply>> =>
  change(call, cardId, (tx, file) =>
    file.card.state === 'delivered' && file.card.receipt_number === receiptNumber
      ? done()
      : move(tx, call, file, 'delivered', 'handed over', { receipt_number: receiptNumber }),
  );

/** From now on the customer can sign in with it. */
export const activateCard = (_bank: Bank, call: CardCall, cardId: string): Promise<Result<CardReply>> =>
  change(call, cardId, async (tx, file) => {
    if (file.card.state === 'active') return ok();
    if (file.certificate?.state !== 'issued')
      return fail('card-state-conflict', { cardId, state: file.certificate?.state ?? 'no certificate' });
    const active = await move(tx, call, file, 'active', 'activated after delivery');
    if (!active.ok || file.registration.state !== 'pending') return active;
    const actor = actorOf(call, file.card.officer_id);
    const registration = await moveRegistration(tx, file.registration, 'active', actor, 'activated');
    return registration.ok ? ok() : registration;
  });

/** Reads the card, does the work and answers with the card as it is then. */
export const change = (
  call: CardCall,
  cardId: string,
  work: (tx: BankTransaction, file: CardFile) => Promise<Result<void>>,
): Promise<Result<CardReply>> =>
  call.commit(
    async (tx) => {
      const file = await readCardFile(tx, cardId);
      if (!file.ok) return file;
      const worked = await work(tx, file.value);
      if (!worked.ok) return worked;
      const card = await readCardRecord(tx, cardId);
      return card.ok ? ok({ card: card.value }) : card;
    },
    // Whatever moves of a card, certificate or registration, the card's row is written with it.
    { isolation: 'snapshot' },
  );

export const move = async (
  tx: BankTransaction,
  call: CardCall,
  { card }: CardFile,
  to: CardState,
  why: string,
  also: CardChange = {},
): Promise<Result<void>> => {
  const moved = await moveCard(tx, card, to, actorOf(call, card.officer_id), why, also);
  return moved.ok ? ok() : moved;
};

const done = (): Promise<Result<void>> => Promise.resolve(ok());

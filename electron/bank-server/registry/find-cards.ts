import type { BankApi, RouteParams, RouteReply } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { pageOf, placeOf } from '../http/cursor.ts';
import { readCardRecord } from './card-record.ts';

const MOST = 50;

/** All cards ever on this medium or of this customer, or the one with this certificate; the newest first. */
export const findCards = async (
  bank: Bank,
  { mediumIdentity, certificateSerial, customerId, cursor, limit }: RouteParams<BankApi['findCards']>,
): Promise<Result<RouteReply<BankApi['findCards']>>> => {
  if (mediumIdentity === undefined && certificateSerial === undefined && customerId === undefined)
    return fail('request-malformed', { field: 'mediumIdentity' });
  const after = placeOf(cursor);
  if (!after.ok) return after;
  const most = Math.min(Number(limit ?? MOST), MOST);
  let query = bank.store.db
    .selectFrom('cards')
    .select(['cards.card_id', 'cards.created_at'])
    .orderBy('cards.created_at', 'desc')
    .orderBy('cards.card_id')
    .limit(most + 1);
  if (mediumIdentity !== undefined) query = query.where('cards.medium_identity', '=', mediumIdentity);
  if (customerId !== undefined) query = query.where('cards.customer_id', '=', customerId);
  if (certificateSerial !== undefined)
    query = query.where('cards.card_id', 'in', (inner) =>
      inner
        .selectFrom('certificates')
        .select('certificates.card_id')
        .where('certificates.serial', '=', certificateSerial.toLowerCase())
        .$castTo<{ card_id: string }>(),
    );
  if (after.value !== undefined) {
    const { value, key } = after.value;
    query = query.where((e) =>
      e.or([
        e('cards.created_at', '<', value),
        e.and([e('cards.created_at', '=', value), e('cards.card_id', '>', key)]),
      ]),
    );
  }
  const { rows, next } = pageOf(await query.execute(), most, ({ created_at, card_id }) => ({
    value: created_at,
    key: card_id,
  }));
  const cards = [];
  for (const { card_id } of rows) {
    const card = await readCardRecord(bank.store.db, card_id);
    if (card.ok) cards.push(card.value);
  }
  return ok({ cards, ...(next !== undefined && { next }) });
};

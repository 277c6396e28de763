import type { BankApi, RouteParams, RouteReply } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { readCardRecord } from './card-record.ts';

const MOST = 50;

/** All cards ever on this medium, or the one with this certificate; the newest first. */
export const findCards = async (
  bank: Bank,
  { mediumIdentity, certificateSha256 }: RouteParams<BankApi['findCards']>,
): Promise<Result<RouteReply<BankApi['findCards']>>> => {
  if (mediumIdentity === undefined && certificateSha256 === undefined)
    return fail('request-malformed', { field: 'mediumIdentity' });
  let query = bank.store.db
    .selectFrom('cards')
    .select('cards.card_id')
    .orderBy('cards.created_at', 'desc')
    .limit(MOST);
  if (mediumIdentity !== undefined) query = query.where('cards.medium_identity', '=', mediumIdentity);
  if (certificateSha256 !== undefined)
    query = query.where('cards.card_id', 'in', (inner) =>
      inner
        .selectFrom('certificates')
        .select('certificates.card_id')
        .where('certificates.sha256', '=', certificateSha256.toLowerCase())
        .$castTo<{ card_id: string }>(),
    );
  const cards = [];
  for (const { card_id } of await query.execute()) {
    const card = await readCardRecord(bank.store.db, card_id);
    if (card.ok) cards.push(card.value);
  }
  return ok({ cards });
};

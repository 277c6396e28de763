import type { CardRecord } from '../../shared/domain/index.ts';
import { ok, type Result } from '../../shared/result/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import { mediumOf } from '../issuance/inspect-medium.ts';
import type { Recognised } from '../readers/readers.ts';

/** The bank's record of what is in a reader: the card its content names, else the last one made on this medium. */
export async function bankRecordOf(
  bank: BankClient,
  seen: Recognised,
): Promise<Result<CardRecord | undefined>> {
  const found = await bank.call('findCards', { mediumIdentity: mediumOf(seen).identity }, {});
  if (!found.ok) return found;
  const newestFirst = [...found.value.cards].sort((one, other) =>
    other.createdAt.localeCompare(one.createdAt),
  );
  const named = cardIdOn(seen);
  return ok(newestFirst.find(({ cardId }) => cardId === named) ?? newestFirst[0]);
}

/** The card that the medium's own content says it is. */
export function cardIdOn(seen: Recognised): string | undefined {
  if (seen.takes === 'card') return seen.card.marker?.cardId;
  return seen.content && 'cardId' in seen.content ? seen.content.cardId : undefined;
}

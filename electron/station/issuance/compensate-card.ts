import { ok, type Result } from '../../shared/result/index.ts';
import type { BankClient } from '../bank/bank-client.ts';

export interface Compensation {
  readonly reason: string;
  readonly mediumWiped: boolean;
  readonly idempotencyKey: string;
}

/** Nothing of the card is left at the bank: certificate revoked, registration closed. May be repeated. */
export async function compensateCard(
  bank: BankClient,
  cardId: string,
  { reason, mediumWiped, idempotencyKey }: Compensation,
): Promise<Result<void>> {
  const compensated = await bank.call(
    'compensateCard',
    { cardId },
    { reason, mediumWiped },
    { idempotencyKey },
  );
  // A bank that does not know it has nothing of it: it went back to an older state.
  if (compensated.ok || compensated.fault.code === 'card-unknown') return ok();
  if (compensated.fault.code !== 'card-state-conflict') return compensated;
  // Activated, and the answer was lost: an active card is not undone but revoked.
  const current = await bank.call('readCard', { cardId }, {});
  if (!current.ok) return current;
  const { state, officerId } = current.value.card;
  if (state !== 'active' && state !== 'suspended') return compensated;
  const revoked = await bank.call(
    'revokeCard',
    { cardId },
    { reason: 'cessation', officerId },
    { idempotencyKey: `${idempotencyKey}/revoke` },
  );
  if (!revoked.ok || !mediumWiped) return revoked.ok ? ok() : revoked;
  const wiped = await bank.call(
    'reportWiped',
    { cardId },
    { officerId },
    { idempotencyKey: `${idempotencyKey}/wiped` },
  );
  return wiped.ok ? ok() : wiped;
}

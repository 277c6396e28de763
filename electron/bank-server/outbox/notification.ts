import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { CardState, RegistrationState } from '../../shared/domain/index.ts';
import type { Actor } from '../bank.ts';
import type { Database } from '../store/store.ts';

/** What other systems of the bank (text messages, letters, fraud watch) are told about a card. */
export const notificationKind = z.enum([
  'card-registered',
  'card-handed-over',
  'card-activated',
  'card-suspended',
  'card-released',
  'card-revoked',
  'registration-voided',
]);
export type NotificationKind = z.infer<typeof notificationKind>;

export const notification = z.object({
  /** The same at every delivery: whoever has seen it does nothing. */
  notificationId: z.string(),
  kind: notificationKind,
  cardId: z.string(),
  customerId: z.string(),
  /** When it happened, ISO 8601 UTC; of two about one card the later one holds. */
  at: z.string(),
  reason: z.string(),
  /** Of the request that did it; the same stands in the log and in the transition table. */
  requestId: z.string(),
});
export type Notification = z.infer<typeof notification>;

interface About {
  readonly card_id: string;
  readonly customer_id: string;
}

/** Written with the move itself, in its transaction: no move without its notification, none without the move. */
export const notifyOfCard = async (
  db: Database,
  card: About,
  from: CardState,
  to: CardState,
  actor: Actor,
  reason: string,
): Promise<void> => {
  const kind = to === 'active' && from === 'suspended' ? 'card-released' : ofCards[to];
  if (kind !== undefined) await write(db, kind, card, actor, reason);
};

export const notifyOfRegistration = async (
  db: Database,
  registration: About,
  to: RegistrationState,
  actor: Actor,
  reason: string,
): Promise<void> => {
  if (to === 'void') await write(db, 'registration-voided', registration, actor, reason);
};

const ofCards: Partial<Record<CardState, NotificationKind>> = {
  registered: 'card-registered',
  delivered: 'card-handed-over',
  active: 'card-activated',
  suspended: 'card-suspended',
  revoked: 'card-revoked',
};

const write = async (
  db: Database,
  kind: NotificationKind,
  { card_id, customer_id }: About,
  { at, requestId }: Actor,
  reason: string,
): Promise<void> => {
  const message: Notification = {
    notificationId: randomUUID(),
    kind,
    cardId: card_id,
    customerId: customer_id,
    at: at.toISOString(),
    reason,
    requestId,
  };
  await db
    .insertInto('outbox')
    .values({
      notification_id: message.notificationId,
      card_id,
      message: JSON.stringify(message),
      created_at: message.at,
      tries: 0,
      next_try_at: message.at,
    })
    .execute();
};

import { randomUUID } from 'node:crypto';
import {
  nextCardStates,
  nextCertificateStates,
  nextRegistrationStates,
  type CardState,
  type CertificateState,
  type RegistrationState,
} from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Actor } from '../bank.ts';
import { notifyOfCard, notifyOfRegistration } from '../outbox/notification.ts';
import type { Database } from '../store/store.ts';
import type { BankTables, CardRow, CertificateRow, RegistrationRow } from '../store/tables.ts';

/** What of a card may change together with its state. */
export type CardChange = Partial<
  Pick<CardRow, 'public_key_sha256' | 'client_version' | 'content_sha256' | 'receipt_number'>
>;

/**
 * Moves a card along its state machine and writes down who, when and why. Refused when the machine has
 * no such move, or when somebody else moved the card since it was read (optimistic lock).
 */
export const moveCard = async (
  db: Database,
  card: CardRow,
  to: CardState,
  actor: Actor,
  why: string,
  change: CardChange = {},
): Promise<Result<CardRow>> => {
  if (!nextCardStates(card.state).includes(to))
    return fail('card-state-conflict', { cardId: card.card_id, state: card.state, wanted: to });
  const ended = endedStates.includes(to);
  const moved: CardRow = {
    ...card,
    ...change,
    state: to,
    version: card.version + 1,
    updated_at: actor.at.toISOString(),
    live_owner: ended ? null : card.live_owner,
    live_medium: ended ? null : card.live_medium,
  };
  const update = await db
    .updateTable('cards')
    .set(moved)
    .where('card_id', '=', card.card_id)
    .where('version', '=', card.version)
    .executeTakeFirst();
  if (update.numUpdatedRows !== 1n)
    return fail('card-state-conflict', { cardId: card.card_id, state: card.state });
  await record(db, 'card', card.card_id, card.state, to, actor, why);
  await notifyOfCard(db, card, card.state, to, actor, why);
  return ok(moved);
};

/** Writes down a change of a card that stays where it is. Refused when somebody else changed it since it was read. */
export const changeCard = async (
  db: Database,
  card: CardRow,
  actor: Actor,
  why: string,
  change: CardChange,
): Promise<Result<void>> => {
  const update = await db
    .updateTable('cards')
    .set({ ...change, version: card.version + 1, updated_at: actor.at.toISOString() })
    .where('card_id', '=', card.card_id)
    .where('version', '=', card.version)
    .executeTakeFirst();
  if (update.numUpdatedRows !== 1n)
    return fail('card-state-conflict', { cardId: card.card_id, state: card.state });
  await record(db, 'card', card.card_id, card.state, card.state, actor, why);
  return ok();
};

export const moveCertificate = async (
  db: Database,
  certificate: CertificateRow,
  to: CertificateState,
  actor: Actor,
  reason: string,
): Promise<Result<CertificateRow>> => {
  const cardId = certificate.card_id ?? '';
  if (!nextCertificateStates(certificate.state).includes(to))
    return fail('card-state-conflict', { cardId, state: certificate.state, wanted: to });
  const change = {
    state: to,
    reason: to === 'issued' ? null : reason,
    // Also of a hold: the list says since when. A release takes it back.
    revoked_at: to === 'revoked' || to === 'on-hold' ? actor.at.toISOString() : null,
  };
  const update = await db
    .updateTable('certificates')
    .set(change)
    .where('serial', '=', certificate.serial)
    .where('state', '=', certificate.state)
    .executeTakeFirst();
  if (update.numUpdatedRows !== 1n) return fail('card-state-conflict', { cardId, state: certificate.state });
  await record(db, 'certificate', cardId, certificate.state, to, actor, reason);
  return ok({ ...certificate, ...change });
};

export const moveRegistration = async (
  db: Database,
  registration: RegistrationRow,
  to: RegistrationState,
  actor: Actor,
  reason: string,
): Promise<Result<RegistrationRow>> => {
  const cardId = registration.card_id;
  if (!nextRegistrationStates(registration.state).includes(to))
    return fail('card-state-conflict', { cardId, state: registration.state, wanted: to });
  const change = { state: to, since: actor.at.toISOString(), reason: to === 'active' ? null : reason };
  const update = await db
    .updateTable('registrations')
    .set(change)
    .where('card_id', '=', cardId)
    .where('state', '=', registration.state)
    .executeTakeFirst();
  if (update.numUpdatedRows !== 1n) return fail('card-state-conflict', { cardId, state: registration.state });
  await record(db, 'registration', cardId, registration.state, to, actor, reason);
  await notifyOfRegistration(db, registration, to, actor, reason);
  return ok({ ...registration, ...change });
};

/** Writes one line of the transition table; `from` is null for the first state. */
export const record = async (
  db: Database,
  machine: BankTables['transitions']['machine'],
  cardId: string,
  from: string | null,
  to: string,
  actor: Actor,
  why: string,
): Promise<void> => {
  await recordAll(db, cardId, actor, [{ machine, from, to, why }]);
};

export interface Step {
  readonly machine: BankTables['transitions']['machine'];
  readonly from: string | null;
  readonly to: string;
  readonly why: string;
}

/** Several of one card's lines at once. */
export const recordAll = async (
  db: Database,
  cardId: string,
  actor: Actor,
  steps: readonly Step[],
): Promise<void> => {
  await db
    .insertInto('transitions')
    .values(
      steps.map(({ machine, from, to, why }) => ({
        transition_id: randomUUID(),
        machine,
        card_id: cardId,
        from_state: from,
        to_state: to,
        at: actor.at.toISOString(),
        station_id: actor.stationId,
        officer_id: actor.officerId,
        why,
        request_id: actor.requestId,
      })),
    )
    .execute();
};

/** A card in one of these holds neither its customer's place nor its medium any more. */
const endedStates: readonly CardState[] = ['revoked', 'wiped', 'destroyed'];

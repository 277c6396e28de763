import { sql, type CompiledQuery } from 'kysely';
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
import { insertOrFail, orFail, runWithCommit, statement } from '../store/statement.ts';
import type { BankTransaction, Database } from '../store/store.ts';
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

/** A card whose key is certified, and who had it done. */
export interface CertifiedCard {
  readonly card: Pick<CardRow, 'card_id' | 'state' | 'version'>;
  readonly publicKeySha256: string;
  readonly actor: Actor;
  /** What became of its certificate; written down before the card's own line. */
  readonly steps: readonly Step[];
}

/**
 * `moveCard` to 'certified' for several cards at once, no two of them the same, with what else is written with it; the
 * last of its transaction, which fails where one of the cards was moved since it was read.
 */
export const certifyCards = async (
  tx: BankTransaction,
  certified: readonly CertifiedCard[],
  also: readonly CompiledQuery[],
): Promise<Result<void>> => {
  const wrong = certified.find(({ card }) => !nextCardStates(card.state).includes('certified'));
  if (wrong !== undefined) {
    const { card_id: cardId, state } = wrong.card;
    return fail('card-state-conflict', { cardId, state, wanted: 'certified' });
  }
  const lines = certified.flatMap(({ card, actor, steps }) =>
    linesOf(card.card_id, actor, [...steps, certifiedFrom(card.state)]),
  );
  const update = updateToCertified.with(
    tx,
    certified.map(({ card, publicKeySha256, actor }) => ({
      card_id: card.card_id,
      version: card.version,
      public_key_sha256: publicKeySha256,
      updated_at: actor.at.toISOString(),
    })),
  );
  await runWithCommit(tx, [...also, insertLines.with(tx, lines)], update, certified.length);
  return ok();
};

const certifiedFrom = (state: CardState): Step => ({
  machine: 'card',
  from: state,
  to: 'certified',
  why: 'certificate issued',
});

type CertifiedColumns = Pick<CardRow, 'card_id' | 'version' | 'updated_at'> & { public_key_sha256: string };

/** Under the version each was read with, as `moveCard`. */
const updateToCertified = statement<CertifiedColumns, Pick<CardRow, 'card_id'>>((db, cards) => {
  const values = cards.map(
    ({ card_id, version, public_key_sha256, updated_at }) =>
      sql`(${card_id}, cast(${version} as bigint), ${public_key_sha256}, ${updated_at})`,
  );
  return sql<Pick<CardRow, 'card_id'>>`
    with certified (id, read_version, key_sha256, at) as (values ${sql.join(values)})
    update ${orFail(db)} cards set state = 'certified', version = version + 1, public_key_sha256 = key_sha256, updated_at = at
    from certified where card_id = id and version = read_version
    returning card_id`;
});

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
  await insertLines(db, linesOf(cardId, actor, [{ machine, from, to, why }]));
};

export interface Step {
  readonly machine: BankTables['transitions']['machine'];
  readonly from: string | null;
  readonly to: string;
  readonly why: string;
}

type Line = BankTables['transitions'];

const linesOf = (cardId: string, actor: Actor, steps: readonly Step[]): readonly Line[] => {
  const at = actor.at.toISOString();
  return steps.map(({ machine, from, to, why }) => ({
    transition_id: newTransitionId(),
    machine,
    card_id: cardId,
    from_state: from,
    to_state: to,
    at,
    station_id: actor.stationId,
    officer_id: actor.officerId,
    why,
    request_id: actor.requestId,
  }));
};

/**
 * 48 random bits. Only lines of the same card must differ, some twenty: of 100 million cards, one in fifteen
 * thousand such banks would see two alike, whose transaction fails and is asked for again.
 */
const newTransitionId = (): string => randomUUID().slice(0, 13);

const insertLines = statement<Line>((db, lines) =>
  insertOrFail(db, 'transitions').values(
    lines.map((line) => ({
      transition_id: line.transition_id,
      machine: line.machine,
      card_id: line.card_id,
      from_state: line.from_state,
      to_state: line.to_state,
      at: line.at,
      station_id: line.station_id,
      officer_id: line.officer_id,
      why: line.why,
      request_id: line.request_id,
    })),
  ),
);

/** A card in one of these holds neither its customer's place nor its medium any more. */
const endedStates: readonly CardState[] = ['revoked', 'wiped', 'destroyed'];

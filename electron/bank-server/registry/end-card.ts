import type { BankApi, RouteBody } from '../../shared/bank-api/index.ts';
import type { CardRecord, CardState } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { endOtpChain } from '../authentication/end-otp-chain.ts';
import type { Actor, Bank } from '../bank.ts';
import { actorOf, type ApiCall } from '../http/api-call.ts';
import type { Database } from '../store/store.ts';
import { readCardFile, type CardFile } from './card-record.ts';
import { moveCard, moveCertificate, moveRegistration } from './moves.ts';
import { change } from './report-progress.ts';

type CardReply = { card: CardRecord };
type CardCall = ApiCall<CardReply>;

/**
 * Undoes an issuance that was not finished: certificate revoked, registration closed, customer and
 * medium free again. Asked again, or when nothing is left to undo, it says so with the same reply.
 */
export const compensateCard = (
  _bank: Bank,
  call: CardCall,
  cardId: string,
  { reason, mediumWiped }: RouteBody<BankApi['compensateCard']>,
): Promise<Result<CardReply>> =>
  change(call, cardId, async (tx, file) => {
    const { state } = file.card;
    // An active card is the customer's: it is revoked, with a reason of its own, never "undone".
    if (!compensable.includes(state)) return fail('card-state-conflict', { cardId, state });
    const actor = actorOf(call, file.card.officer_id);
    const why = `compensated: ${reason}`;
    const certified = file.certificate !== undefined;
    // Without a certificate there is nothing to revoke: the card breaks, and leaves by one of its two exits.
    const path: CardState[] = certified
      ? ['revoked', ...(mediumWiped ? (['wiped'] as const) : [])]
      : ['broken', mediumWiped ? 'wiped' : 'revoked'];
    const ended = await endCertificateAndRegistration(tx, file, actor, 'compensated');
    return ended.ok ? walk(tx, file, remaining(state, path), actor, why) : ended;
  });

/** Takes an issued card out of use; the customer must come to the counter for another. */
export const revokeCard = (
  _bank: Bank,
  call: CardCall,
  cardId: string,
  { reason, officerId }: RouteBody<BankApi['revokeCard']>,
): Promise<Result<CardReply>> =>
  change(call, cardId, (tx, file) => endIssuedCard(tx, file, actorOf(call, officerId), reason));

/** Card, certificate and registration, for ever. Nothing where the card is revoked. Fault: card-state-conflict. */
export const endIssuedCard = async (
  db: Database,
  file: CardFile,
  actor: Actor,
  reason: string,
): Promise<Result<void>> => {
  if (file.card.state === 'revoked') return ok();
  const ended = await endCertificateAndRegistration(db, file, actor, reason);
  if (!ended.ok) return ended;
  const step: CardState[] = reason === 'lost' || reason === 'damaged' ? [reason] : [];
  return walk(db, file, remaining(file.card.state, [...step, 'revoked']), actor, reason);
};

/** The registration is void (S4: ten failed logins): the certificate with it, so that a new card is needed. */
export const voidCard = async (db: Database, cardId: string, actor: Actor): Promise<Result<void>> => {
  const file = await readCardFile(db, cardId);
  if (!file.ok) return file;
  const { certificate, registration } = file.value;
  const reason = 'ten-failed-logins';
  await endOtpChain(db, cardId);
  const voided = await moveRegistration(db, registration, 'void', actor, reason);
  if (!voided.ok) return voided;
  if (certificate !== undefined && certificate.state !== 'revoked') {
    const revoked = await moveCertificate(db, certificate, 'revoked', actor, reason);
    if (!revoked.ok) return revoked;
  }
  return walk(db, file.value, ['revoked'], actor, reason);
};

export const reportWiped = (
  _bank: Bank,
  call: CardCall,
  cardId: string,
  { officerId }: RouteBody<BankApi['reportWiped']>,
): Promise<Result<CardReply>> =>
  change(call, cardId, async (tx, file) => {
    if (file.card.state === 'wiped') return ok();
    if (file.card.state !== 'revoked' && file.card.state !== 'expired')
      return fail('card-state-conflict', { cardId, state: file.card.state });
    return walk(tx, file, ['wiped'], actorOf(call, officerId), 'wiped by a technician');
  });

const compensable: readonly CardState[] = [
  'reserved',
  'keyed',
  'certified',
  'written',
  'verified',
  'registered',
  'delivered',
  'broken',
  'revoked',
  'wiped',
];

/** What of the path is still to go from where the card is. */
const remaining = (state: CardState, path: readonly CardState[]): readonly CardState[] => {
  if (state === 'wiped') return [];
  if (state === 'revoked') return path.filter((each) => each === 'wiped');
  return path.slice(path.indexOf(state) + 1);
};

const walk = async (
  db: Database,
  file: CardFile,
  path: readonly CardState[],
  actor: Actor,
  why: string,
): Promise<Result<void>> => {
  let { card } = file;
  for (const to of path) {
    const moved = await moveCard(db, card, to, actor, why);
    if (!moved.ok) return moved;
    card = moved.value;
  }
  return ok();
};

const endCertificateAndRegistration = async (
  db: Database,
  { certificate, registration }: CardFile,
  actor: Actor,
  reason: string,
): Promise<Result<void>> => {
  if (certificate?.state === 'issued' || certificate?.state === 'on-hold') {
    const revoked = await moveCertificate(db, certificate, 'revoked', actor, reason);
    if (!revoked.ok) return revoked;
  }
  await endOtpChain(db, registration.card_id);
  if (registration.state !== 'closed') {
    const closed = await moveRegistration(db, registration, 'closed', actor, reason);
    if (!closed.ok) return closed;
  }
  return ok();
};

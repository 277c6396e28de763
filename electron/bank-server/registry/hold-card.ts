import type { BankApi, RouteBody } from '../../shared/bank-api/index.ts';
import type { CardRecord } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Actor, Bank } from '../bank.ts';
import { actorOf, type ApiCall } from '../http/api-call.ts';
import type { Database } from '../store/store.ts';
import { isChainSuspended } from '../authentication/stored-chain.ts';
import { readCardFile, type CardFile } from './card-record.ts';
import { moveCard, moveCertificate, moveRegistration } from './moves.ts';
import { change } from './report-progress.ts';

type CardReply = { card: CardRecord };
type CardCall = ApiCall<CardReply>;

/** The customer misses the card and hopes to find it: nothing works until it is released or revoked. */
export const holdCard = (
  _bank: Bank,
  call: CardCall,
  cardId: string,
  { reason, officerId }: RouteBody<BankApi['holdCard']>,
): Promise<Result<CardReply>> =>
  change(call, cardId, (tx, file) =>
    file.card.state === 'suspended'
      ? Promise.resolve(ok())
      : suspendCard(tx, file, actorOf(call, officerId), reason),
  );

/** Card, certificate and registration together. Fault: card-state-conflict. */
export const suspendCard = async (
  db: Database,
  { card, certificate, registration }: CardFile,
  actor: Actor,
  reason: string,
): Promise<Result<void>> => {
  const held = await moveCard(db, card, 'suspended', actor, reason);
  if (!held.ok) return held;
  if (certificate?.state === 'issued') {
    const onHold = await moveCertificate(db, certificate, 'on-hold', actor, reason);
    if (!onHold.ok) return onHold;
  }
  const suspended = await moveRegistration(db, registration, 'suspended', actor, reason);
  return suspended.ok ? ok() : suspended;
};

/**
 * It was found. One whose chain was forked needs a new chain first (`move-chain.ts`): released as it is, it could
 * not sign in. Faults: card-state-conflict, chain-suspended.
 */
export const releaseCard = (
  bank: Bank,
  call: CardCall,
  cardId: string,
  { reason, officerId }: RouteBody<BankApi['releaseCard']>,
): Promise<Result<CardReply>> =>
  change(call, cardId, async (tx, { card, certificate, registration }) => {
    if (card.state === 'active') return ok();
    // A first activation is another call.
    if (card.state !== 'suspended' || certificate === undefined)
      return fail('card-state-conflict', { cardId, state: card.state });
    const forked = await isChainSuspended(bank, tx, cardId);
    if (!forked.ok) return forked;
    if (forked.value) return fail('chain-suspended', { cardId });
    const actor = actorOf(call, officerId);
    const released = await moveCard(tx, card, 'active', actor, reason);
    if (!released.ok) return released;
    const issued = await moveCertificate(tx, certificate, 'issued', actor, reason);
    if (!issued.ok) return issued;
    const active = await moveRegistration(tx, registration, 'active', actor, reason);
    return active.ok ? ok() : active;
  });

/** S1: two media go on with one chain. It is released only with a new chain, or replaced by a new card. */
export const suspendCopiedCard = async (
  db: Database,
  cardId: string,
  actor: Actor,
): Promise<Result<void>> => {
  const file = await readCardFile(db, cardId);
  if (!file.ok) return file;
  return file.value.card.state === 'active' ? suspendCard(db, file.value, actor, 'chain-forked') : ok();
};

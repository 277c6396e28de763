import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import type { RouteReply } from '../../shared/bank-api/index.ts';
import type { OnlineApi } from '../../shared/online-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { hashFor, isSignedBy } from '../registry/prove-card.ts';
import type { CardHolder, OnlineRoom } from './online-room.ts';
import { openTicket, spendTicket } from './tickets.ts';

/** S2 605: the statement is the bank's own, with card and nonce in it, so a signature fits nothing else. */
export const askSignature = async (
  { bank }: OnlineRoom,
  { file, certificate }: CardHolder,
  text: string,
): Promise<Result<RouteReply<OnlineApi['askSignature']>>> => {
  const cardId = file.card.card_id;
  const nonce = randomBytes(16).toString('base64url');
  const statement = `cardwright-statement|v1|${bank.identity.bankId}|${cardId}|${nonce}|${text}`;
  const key = new X509Certificate(Buffer.from(certificate.der, 'base64')).publicKey;
  const { id } = await openTicket(bank, cardId, { kind: 'signature', statement });
  return ok({
    signatureId: id,
    statement,
    hash: createHash(hashFor(key)).update(statement).digest('hex'),
  });
};

/** S2 608. Faults: challenge-unknown (asked of another card, answered or too old), proof-refused. */
export const giveSignature = async (
  { bank }: OnlineRoom,
  { file, certificate }: CardHolder,
  signatureId: string,
  signature: Uint8Array,
): Promise<Result<RouteReply<OnlineApi['giveSignature']>>> => {
  const cardId = file.card.card_id;
  const ticket = await spendTicket(bank, signatureId);
  if (!ticket.ok) return ticket;
  const { content } = ticket.value;
  if (content.kind !== 'signature' || ticket.value.cardId !== cardId) return fail('challenge-unknown');
  if (!isSignedBy(Buffer.from(certificate.der, 'base64'), content.statement, Buffer.from(signature)))
    return fail('proof-refused', { reason: 'signature', cardId });
  return ok({ statement: content.statement, verifiedAt: bank.clock().toISOString() });
};

import { randomBytes, randomUUID, verify, X509Certificate, type KeyObject } from 'node:crypto';
import {
  challengeMessage,
  type BankApi,
  type RouteBody,
  type RouteReply,
} from '../../shared/bank-api/index.ts';
import type { CardState } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { after, type Bank } from '../bank.ts';
import type { ApiCall } from '../http/api-call.ts';
import { readCardFile } from './card-record.ts';
import { change, move } from './report-progress.ts';

const NONCE_BYTES = 32;
const VALID_SECONDS = 300;

/** States in which a card has a key to prove; only an unproven one is moved by the proof. */
const unproven: readonly CardState[] = ['certified', 'written'];
const provable: readonly CardState[] = [...unproven, 'verified', 'registered', 'delivered', 'active'];

/** A fresh nonce for this card to sign: 32 bytes, once, five minutes. */
export const openChallenge = async (
  bank: Bank,
  call: ApiCall<RouteReply<BankApi['openChallenge']>>,
  cardId: string,
): Promise<Result<RouteReply<BankApi['openChallenge']>>> => {
  const file = await readCardFile(bank.store.db, cardId);
  if (!file.ok) return file;
  const { state } = file.value.card;
  if (!provable.includes(state)) return fail('card-state-conflict', { cardId, state });
  const challenge = {
    challengeId: randomUUID(),
    nonce: randomBytes(NONCE_BYTES).toString('base64'),
    expiresAt: after(call.now, VALID_SECONDS),
  };
  return call.commit(async (tx) => {
    await tx
      .insertInto('challenges')
      .values({
        challenge_id: challenge.challengeId,
        card_id: cardId,
        nonce: challenge.nonce,
        expires_at: challenge.expiresAt,
        used_at: null,
      })
      .execute();
    return ok(challenge);
  });
};

/**
 * The card proves itself (invariant 2): the certificate read back from it is, byte for byte, the one the
 * CA recorded, and its key signed this bank's nonce just now.
 */
export const proveCard = async (
  bank: Bank,
  call: ApiCall<RouteReply<BankApi['proveCard']>>,
  cardId: string,
  body: RouteBody<BankApi['proveCard']>,
): Promise<Result<RouteReply<BankApi['proveCard']>>> => {
  // Spent before anything is looked at, so that one nonce never serves two tries.
  const challenge = await bank.store.db
    .updateTable('challenges')
    .set({ used_at: call.now.toISOString() })
    .where('challenge_id', '=', body.challengeId)
    .where('card_id', '=', cardId)
    .where('used_at', 'is', null)
    .where('expires_at', '>', call.now.toISOString())
    .returning('nonce')
    .executeTakeFirst();
  if (challenge === undefined) return fail('challenge-unknown', { cardId });

  return change(call, cardId, async (tx, file) => {
    const { card, certificate } = file;
    if (certificate === undefined) return fail('certificate-unknown', { cardId });
    if (certificate.state !== 'issued') return fail('certificate-revoked', { cardId });
    const readBack = Buffer.from(body.certificate, 'base64');
    if (!readBack.equals(Buffer.from(certificate.der, 'base64')))
      return fail('proof-refused', { reason: 'certificate', cardId });
    const message = challengeMessage(bank.identity.bankId, cardId, challenge.nonce);
    if (!isSignedBy(readBack, message, Buffer.from(body.signature, 'base64')))
      return fail('proof-refused', { reason: 'signature', cardId });
    if (unproven.includes(card.state)) return move(tx, call, file, 'verified', 'signed a fresh nonce');
    return provable.includes(card.state) ? ok() : fail('card-state-conflict', { cardId, state: card.state });
  });
};

/** The hash a card's key signs: as strong as its curve. */
export const hashFor = (key: KeyObject): 'sha256' | 'sha384' =>
  key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256';

export const isSignedBy = (certificate: Buffer, message: string, signature: Buffer): boolean => {
  try {
    const key = new X509Certificate(certificate).publicKey;
    return verify(hashFor(key), Buffer.from(message), key, signature);
  } catch {
    return false; // a signature of the wrong shape is a wrong signature
  }
};

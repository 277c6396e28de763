import { randomUUID } from 'node:crypto';
import { challengeMessage } from '../../shared/bank-api/index.ts';
import { ok, type Result } from '../../shared/result/index.ts';
import type { StepContext } from '../../shared/workflow/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import { toBase64, type IssuedCard } from './issued-card.ts';

export interface Proof {
  /** ECDSA DER or RSA PKCS#1 v1.5, over SHA-256 of the message. */
  readonly signature: Uint8Array;
  /** DER, as read from the medium just now. */
  readonly certificate: Uint8Array;
}

/**
 * A nonce from the bank, signed with the medium's key, and back. When the bank's answer to an earlier proof
 * was lost, the card is verified there already and one proof is enough.
 */
export async function proveToBank(
  bank: BankClient,
  { bankId, card: { cardId } }: IssuedCard,
  { idempotencyKey }: StepContext,
  sign: (message: Uint8Array) => Promise<Result<Proof>>,
): Promise<Result<object>> {
  const current = await bank.call('readCard', { cardId }, {});
  if (!current.ok) return current;
  if (current.value.card.state === 'verified') return ok({});
  // Never the challenge of an earlier attempt: it is spent as soon as the bank has seen an answer to it.
  const challenge = await bank.call(
    'openChallenge',
    { cardId },
    {},
    { idempotencyKey: `${idempotencyKey}/${randomUUID()}` },
  );
  if (!challenge.ok) return challenge;
  const { challengeId, nonce } = challenge.value;
  const proof = await sign(new TextEncoder().encode(challengeMessage(bankId, cardId, nonce)));
  if (!proof.ok) return proof;
  const { signature, certificate } = proof.value;
  const proven = await bank.call(
    'proveCard',
    { cardId },
    { challengeId, signature: toBase64(signature), certificate: toBase64(certificate) },
    { idempotencyKey },
  );
  return proven.ok ? ok({}) : proven;
}

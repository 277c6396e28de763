import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '../shared/result/index.ts';
import { hashOf } from '../station/bank/certificate-request.ts';
import type { BankOnCard } from './banks-on-card.ts';
import type { OnlineBank, UseCard } from './online-bank.ts';

/**
 * A signature that the bank asks for (S2, 605 to 608). `bank` speaks with the card's certificate, and
 * the card signs between its two calls. The text must stand in what the bank wants signed, and the hash is made here: a bank, or
 * somebody between, gets no signature over anything else. Faults: bank-bad-answer, those of card and bank.
 */
export const signStatement = async (
  bank: OnlineBank,
  useCard: UseCard,
  { slot, algorithm }: Pick<BankOnCard, 'slot' | 'algorithm'>,
  cardPin: string,
  text: string,
): Promise<Result<{ readonly statement: string; readonly verifiedAt: string }>> => {
  const asked = await bank.call('askSignature', {}, { text });
  if (!asked.ok) return asked;
  const { signatureId, statement, hash } = asked.value;
  const digest = createHash(hashOf(algorithm)).update(statement).digest();
  if (!statement.endsWith(`|${text}`) || digest.toString('hex') !== hash)
    return fail('bank-bad-answer', { call: 'askSignature' });
  const signature = await useCard(async (piv) => {
    const verified = await piv.verifyPin(cardPin);
    return verified.ok ? piv.sign(slot, algorithm, digest) : verified;
  });
  if (!signature.ok) return signature;
  const given = await bank.call(
    'giveSignature',
    { signatureId },
    { signature: Buffer.from(signature.value).toString('base64') },
  );
  return given.ok ? ok(given.value) : given;
};

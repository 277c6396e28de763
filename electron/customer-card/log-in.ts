import { createHash } from 'node:crypto';
import type { RouteReply } from '../shared/bank-api/index.ts';
import { loginMessage, type OnlineApi } from '../shared/online-api/index.ts';
import type { Result } from '../shared/result/index.ts';
import { hashOf } from '../station/bank/certificate-request.ts';
import type { PivSession } from '../../native/applications/piv/index.ts';
import type { BankOnCard } from './banks-on-card.ts';
import type { OnlineBank } from './online-bank.ts';

export type LoginEnd = RouteReply<OnlineApi['answer']>;

/**
 * Login at the bank that was chosen (S4, 102 to 110): certificate, name and password go up, a random number
 * comes down, and the card answers with its key for this bank, after `verifyPin`. Faults: those of card and bank.
 */
export const logIn = async (
  bank: OnlineBank,
  bankId: string,
  piv: PivSession,
  { slot, algorithm, certificate }: BankOnCard,
  loginName: string,
  password: string,
): Promise<Result<LoginEnd>> => {
  const begun = await bank.call(
    'login',
    {},
    { certificate: Buffer.from(certificate).toString('base64'), loginName, password },
  );
  if (!begun.ok) return begun;
  const { loginId, cardId, random } = begun.value;
  const digest = createHash(hashOf(algorithm))
    .update(loginMessage(bankId, cardId, random))
    .digest();
  const answer = await piv.sign(slot, algorithm, digest);
  if (!answer.ok) return answer;
  return bank.call('answer', { loginId }, { answer: Buffer.from(answer.value).toString('base64') });
};

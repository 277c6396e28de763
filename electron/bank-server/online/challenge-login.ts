import type { RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import type { OnlineApi } from '../../shared/online-api/index.ts';
import { ok, type Result } from '../../shared/result/index.ts';
import { mayLogInByKey } from '../authentication/otp-chains.ts';
import { answerRandomNumber, askRandomNumber } from '../authentication/random-number-login.ts';
import { actorOf, type ApiCall } from '../http/api-call.ts';
import { openSession } from '../portal/sessions.ts';
import { CUSTOMER, holderOf, whoIs, type OnlineRoom } from './online-room.ts';

/**
 * S4, 102 to 105, at a customer's own terminal. An SD card with a chain of one-time passwords
 * logs in with one (S1) and in no other way: its key, which can be copied, and the password alone open nothing.
 * Faults: those of `holderOf`, challenge-unknown (a card with a chain), those of `askRandomNumber`.
 */
export const beginLogin = async (
  { bank }: OnlineRoom,
  call: ApiCall<never>,
  { certificate, ...given }: RouteBody<OnlineApi['login']>,
): Promise<Result<RouteReply<OnlineApi['login']>>> => {
  const holder = await holderOf(bank, Buffer.from(certificate, 'base64'));
  if (!holder.ok) return holder;
  const byKey = await mayLogInByKey(bank, holder.value.file.card);
  return byKey.ok ? askRandomNumber(bank, holder.value, given, call.requestId) : byKey;
};

/** 106 to 111. Faults: those of `answerRandomNumber`. */
export const answerLogin = async (
  { bank }: OnlineRoom,
  call: ApiCall<never>,
  loginId: string,
  answer: Uint8Array,
): Promise<Result<RouteReply<OnlineApi['answer']>>> => {
  const actor = actorOf(call, CUSTOMER);
  const answered = await answerRandomNumber(bank, loginId, Buffer.from(answer), 'der', actor);
  if (!answered.ok) return answered;
  if (answered.value.outcome === 'again') return ok(answered.value);
  const { holder, previousLoginAt } = answered.value;
  const session = await openSession(bank, holder.file.card.card_id, 'signed-in', previousLoginAt);
  return ok({ outcome: 'signed-in', session, who: await whoIs(bank, holder) });
};

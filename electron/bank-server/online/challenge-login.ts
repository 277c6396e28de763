import { randomBytes } from 'node:crypto';
import type { RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { loginMessage, type OnlineApi } from '../../shared/online-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { checkLoginPassword, LOGIN_TRIES } from '../authentication/check-login-password.ts';
import { mayLogInByKey } from '../authentication/otp-chains.ts';
import type { Bank } from '../bank.ts';
import { actorOf, type ApiCall } from '../http/api-call.ts';
import { openSession } from '../portal/sessions.ts';
import { voidCard } from '../registry/end-card.ts';
import { readCardFile } from '../registry/card-record.ts';
import { isSignedBy } from '../registry/prove-card.ts';
import { CUSTOMER, holderOf, whoIs, type OnlineRoom } from './online-room.ts';
import { openTicket, spendTicket } from './tickets.ts';

/*
 * Login with a random number (S4, 102 to 111). Wrong passwords and wrong answers count together: whoever has
 * the password alone gets no further tries by giving it again.
 */

/**
 * 102 to 105. An SD card with a chain of one-time passwords logs in with one (S1) and in no other way: its key,
 * which can be copied, and the password alone open nothing.
 * Faults: those of `holderOf`, challenge-unknown (a card with a chain), login-refused {triesLeft}, login-delayed,
 * registration-void.
 */
export const beginLogin = async (
  { bank }: OnlineRoom,
  call: ApiCall<never>,
  { certificate, loginName, password }: RouteBody<OnlineApi['login']>,
): Promise<Result<RouteReply<OnlineApi['login']>>> => {
  const holder = await holderOf(bank, Buffer.from(certificate, 'base64'));
  if (!holder.ok) return holder;
  const { card, registration } = holder.value.file;
  const cardId = card.card_id;
  const byKey = await mayLogInByKey(bank, card);
  if (!byKey.ok) return byKey;
  const who = await whoIs(bank, holder.value);
  // A wrong name costs a try too, and is answered like a wrong password.
  const checked = await checkLoginPassword(
    bank,
    cardId,
    who.loginName === loginName ? password : '',
    call.requestId,
  );
  if (!checked.ok) return checked;
  // Right so far: what was counted before stays counted until the answer is right too.
  await bank.store.db
    .updateTable('registrations')
    .set({ login_failures: registration.login_failures })
    .where('card_id', '=', cardId)
    .where('login_failures', '=', 0)
    .execute();
  return ok(await newRandom(bank, cardId));
};

const newRandom = async (
  bank: Bank,
  cardId: string,
): Promise<{ loginId: string; cardId: string; random: string }> => {
  const random = randomBytes(32).toString('base64');
  const { id } = await openTicket(bank, cardId, { kind: 'login', random });
  return { loginId: id, cardId, random };
};

/** 106 to 111. Faults: challenge-unknown, registration-void (this was the tenth failure). */
export const answerLogin = async (
  { bank }: OnlineRoom,
  call: ApiCall<never>,
  loginId: string,
  answer: Uint8Array,
): Promise<Result<RouteReply<OnlineApi['answer']>>> => {
  const ticket = await spendTicket(bank, loginId);
  if (!ticket.ok) return ticket;
  const { cardId, content } = ticket.value;
  if (content.kind !== 'login') return fail('challenge-unknown');
  const file = await readCardFile(bank.store.db, cardId);
  if (!file.ok || file.value.certificate === undefined) return fail('challenge-unknown');
  const der = Buffer.from(file.value.certificate.der, 'base64');
  const holder = await holderOf(bank, der);
  if (!holder.ok) return holder;
  const message = loginMessage(bank.identity.bankId, cardId, content.random);
  if (!isSignedBy(der, message, Buffer.from(answer))) return wrongAnswer(bank, call, cardId);
  await bank.store.db
    .updateTable('registrations')
    .set({ login_failures: 0, next_login_at: null })
    .where('card_id', '=', cardId)
    .where('state', '=', 'active')
    .execute();
  const session = await openSession(bank, cardId, 'signed-in', file.value.registration.last_login_at);
  return ok({ outcome: 'signed-in', session, who: await whoIs(bank, holder.value) });
};

const wrongAnswer = async (
  bank: Bank,
  call: ApiCall<never>,
  cardId: string,
): Promise<Result<RouteReply<OnlineApi['answer']>>> => {
  const counted = await bank.store.db
    .updateTable('registrations')
    .set((e) => ({ login_failures: e('login_failures', '+', 1) }))
    .where('card_id', '=', cardId)
    .returning('login_failures')
    .executeTakeFirstOrThrow();
  const triesLeft = LOGIN_TRIES - counted.login_failures;
  if (triesLeft > 0) return ok({ outcome: 'again', ...(await newRandom(bank, cardId)), triesLeft });
  const voided = await bank.store.transaction((tx) => voidCard(tx, cardId, actorOf(call, CUSTOMER)));
  if (voided.ok) bank.log.warn({ cardId }, 'registration void after ten wrong answers');
  return fail('registration-void', { cardId });
};

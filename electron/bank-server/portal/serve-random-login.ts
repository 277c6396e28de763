import type { FastifyInstance } from 'fastify';
import { arrivalField, arrivePath, signOnAnswer, signOnRequest } from '../../shared/bank-api/index.ts';
import type { SignOnReply, RandomReply } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { answerRandomNumber, askRandomNumber } from '../authentication/random-number-login.ts';
import type { Actor, Bank } from '../bank.ts';
import { holderOf, type CardHolder } from '../online/online-room.ts';
import { openTicket, readTicket, spendTicket } from '../online/tickets.ts';
import { readCardFile } from '../registry/card-record.ts';
import { cookie, sessionCookie } from './cookies.ts';
import { arrivalPage } from './pages.ts';
import { fieldOf, frameOf, isOwnForm, refuse, sessionIdOf, show, type Room } from './room.ts';
import { closeSession, closeSessionsOf, lifetimeSeconds, openSession, readSession } from './sessions.ts';

/*
 * S4 on a phone, at a bank that asks for it instead of one-time passwords:
 *
 *   client ── ask, signed ──▶ certificate checked (102, 103) ──▶ a number that lets a password be tried
 *          ── name, password ──▶ (104, 105) ──▶ random number
 *          ── the card's answer ──▶ (106 to 110) ──▶ arrival, or again, ten times (109)
 *   client ── POST /login/arrive ──▶ the bank's page shows the login name ── POST /login/enter ──▶ /menu
 *
 * Passwords are taken only from who has just signed with the card's key, so nobody can use up the tries of a
 * card that they do not hold. The last page stops a stranger who sends a customer into the stranger's session.
 */

/** 102, 103 are done: whoever has this number may try the password of this card. */
export const inviteToSignOn = async (bank: Bank, cardId: string): Promise<string> =>
  (await openTicket(bank, cardId, { kind: 'password' })).id;

/** 104, 105. Faults: request-malformed, challenge-unknown, those of `askRandomNumber`. */
export const signOn = async (
  bank: Bank,
  message: unknown,
  requestId: string,
): Promise<Result<RandomReply>> => {
  const body = signOnRequest.safeParse(message).data;
  if (body === undefined) return fail('request-malformed');
  // Spent only when the password is right: a wrong one is counted, and typed again.
  const ticket = await readTicket(bank, body.loginId);
  if (!ticket.ok) return ticket;
  if (ticket.value.content.kind !== 'password') return fail('challenge-unknown');
  const holder = await holderOfCard(bank, ticket.value.cardId);
  if (!holder.ok) return holder;
  const asked = await askRandomNumber(bank, holder.value, body, requestId);
  if (!asked.ok) return asked;
  const spent = await spendTicket(bank, body.loginId);
  if (!spent.ok) return spent;
  const { loginId, random } = asked.value;
  return ok({ loginId, random });
};

/** 106 to 110. Faults: request-malformed, those of `answerRandomNumber`. */
export const answerSignOn = async (
  bank: Bank,
  message: unknown,
  requestId: string,
): Promise<Result<SignOnReply>> => {
  const body = signOnAnswer.safeParse(message).data;
  if (body === undefined) return fail('request-malformed');
  const actor: Actor = { stationId: 'portal', officerId: 'customer', requestId, at: bank.clock() };
  const answer = Buffer.from(body.answer, 'base64url');
  const answered = await answerRandomNumber(bank, body.loginId, answer, 'p1363', actor);
  if (!answered.ok) return answered;
  if (answered.value.outcome === 'again') {
    const { loginId, random, triesLeft } = answered.value;
    return ok({ outcome: 'again', loginId, random, triesLeft });
  }
  const { holder, previousLoginAt } = answered.value;
  const arrival = await openSession(bank, holder.file.card.card_id, 'arrival', previousLoginAt);
  return ok({ outcome: 'signed-in', arrival });
};

const holderOfCard = async (bank: Bank, cardId: string): Promise<Result<CardHolder>> => {
  const file = await readCardFile(bank.store.db, cardId);
  if (!file.ok || file.value.certificate === undefined) return fail('challenge-unknown');
  return holderOf(bank, Buffer.from(file.value.certificate.der, 'base64'));
};

const recognisePath = '/login/welcome';
const enterPath = '/login/enter';

export const serveArrivals = (server: FastifyInstance, room: Room): void => {
  const { bank } = room;
  server.post(arrivePath, async (request, reply) => {
    const arrival = fieldOf(request, arrivalField);
    const session = await readSession(bank, arrival, 'arrival');
    if (!session.ok) return refuse(room, request, reply, session.fault);
    // Once: the same form sent again leads nowhere.
    if (!(await closeSession(bank, arrival)))
      return refuse(room, request, reply, { code: 'session-expired', data: {} });
    const { card_id: cardId, previous_login_at: previous } = session.value.row;
    const id = await openSession(bank, cardId, 'recognise', previous);
    return reply
      .header('Set-Cookie', cookie(sessionCookie, id, 'Lax', lifetimeSeconds.recognise))
      .redirect(recognisePath, 303);
  });

  server.get(recognisePath, async (request, reply) => {
    const session = await readSession(bank, sessionIdOf(request), 'recognise');
    if (!session.ok) return refuse(room, request, reply, session.fault);
    const { row, file } = session.value;
    const { login_name: loginName } = await bank.store.db
      .selectFrom('customers')
      .select('login_name')
      .where('customer_id', '=', file.card.customer_id)
      .executeTakeFirstOrThrow();
    const frame = frameOf(room, request, reply, recognisePath);
    return show(reply, arrivalPage(frame, { loginName, enterPath, csrfToken: row.csrf_token }));
  });

  server.post(enterPath, async (request, reply) => {
    const session = await readSession(bank, sessionIdOf(request), 'recognise');
    if (!session.ok) return refuse(room, request, reply, session.fault);
    if (!isOwnForm(bank, request, session.value))
      return refuse(room, request, reply, { code: 'session-expired', data: {} });
    const { card_id: cardId, previous_login_at: previous } = session.value.row;
    // One place at a time, as after the password of S0.
    await closeSessionsOf(bank, cardId);
    const id = await openSession(bank, cardId, 'signed-in', previous);
    return reply
      .header('Set-Cookie', cookie(sessionCookie, id, 'Strict', lifetimeSeconds['signed-in']))
      .redirect('/menu', 303);
  });
};

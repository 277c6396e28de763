import { createHash, randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { mayLogInByKey } from '../authentication/otp-chains.ts';
import type { Bank } from '../bank.ts';
import { spendTicket } from '../online/tickets.ts';
import { readCardFile } from '../registry/card-record.ts';
import { cardLoginPath, showCardPath } from './card-login-paths.ts';
import { cardLoginCookie, cookie, expiredCookie, readCookie, sessionCookie } from './cookies.ts';
import { refuse, type Room } from './room.ts';
import { lifetimeSeconds, openSession } from './sessions.ts';

/*
 * Login with a card in the reader of this computer, by any browser that can use it (S2):
 *
 *   welcome page ── GET /login/card ──▶ cookie ── 303 ──▶ online server, TLS with the key on the card
 *   online server ── 303 ──▶ GET /login/card/<ticket>, the cookie fits ── 303 ──▶ GET /login/password
 *
 * The cookie holds a number, the ticket its hash: a link with somebody else's ticket opens nothing.
 */
export const serveCardLogin = (server: FastifyInstance, room: Room): void => {
  const { bank } = room;
  server.get(cardLoginPath, async (request, reply) => {
    if (bank.onlineOrigin === undefined) return refuse(room, request, reply, fail('unknown-call').fault);
    const number = randomBytes(32).toString('base64url');
    return reply
      .header('Set-Cookie', cookie(cardLoginCookie, number, 'Lax', lifetimeSeconds.password))
      .redirect(`${bank.onlineOrigin}${showCardPath}?state=${stateOf(number)}`, 303);
  });

  server.get<{ Params: { ticket: string } }>(`${cardLoginPath}/:ticket`, async (request, reply) => {
    const number = readCookie(request.headers.cookie, cardLoginCookie);
    const shown = await cardOf(bank, request.params.ticket, number);
    if (!shown.ok) return refuse(room, request, reply, shown.fault);
    const cardId = shown.value;
    const file = await readCardFile(bank.store.db, cardId);
    const byKey = file.ok ? await mayLogInByKey(bank, file.value.card) : file;
    if (!byKey.ok) return refuse(room, request, reply, byKey.fault);
    const id = await openSession(bank, cardId, 'password');
    return reply
      .header('Set-Cookie', [
        cookie(sessionCookie, id, 'Lax', lifetimeSeconds.password),
        expiredCookie(cardLoginCookie),
      ])
      .redirect('/login/password', 303);
  });
};

/** The card that was shown for this ticket in this browser. Fault: session-expired. */
const cardOf = async (bank: Bank, ticket: string, number: string | undefined): Promise<Result<string>> => {
  const spent = await spendTicket(bank, ticket);
  if (!spent.ok || number === undefined) return fail('session-expired');
  const { cardId, content } = spent.value;
  return content.kind === 'browser' && content.state === stateOf(number)
    ? ok(cardId)
    : fail('session-expired');
};

const stateOf = (number: string): string => createHash('sha256').update(number).digest('base64url');

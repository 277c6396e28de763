import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { loginField, loginPath } from '../../shared/bank-api/index.ts';
import { openFonts, serveFonts } from '../../web-fonts/web-fonts.ts';
import { checkAssertion } from '../authentication/check-assertion.ts';
import { takeOtp } from '../authentication/otp-chains.ts';
import { checkLoginPassword } from '../authentication/check-login-password.ts';
import type { Bank } from '../bank.ts';
import { serveRevocation } from '../authority/serve-revocation.ts';
import { openServer, type ServerTls } from '../http/open-server.ts';
import { cookie, expiredCookie, sessionCookie } from './cookies.ts';
import { goodbyePage, menuPage, passwordPage, welcomePage } from './pages.ts';
import { fieldOf, frameOf, isOwnForm, refusalOf, refuse, sessionIdOf, show, type Room } from './room.ts';
import { ownAccounts, serveAccounts } from './serve-accounts.ts';
import { serveCardLogin } from './serve-card-login.ts';
import { serveCardMessages } from './serve-card-messages.ts';
import { serveArrivals } from './serve-random-login.ts';
import { serveTransfers } from './serve-transfers.ts';
import {
  closeSession,
  closeSessionsOf,
  lifetimeSeconds,
  openSession,
  readSession,
  type PortalSession,
} from './sessions.ts';
import { styleHash } from './style.ts';

/*
 * The customers' server (S0 steps 5 to 8, S4's ten failures):
 *
 *   client.html ── POST /login, the signed assertion ──▶ checked ── 303 ──▶ GET /login/password
 *   page with the login name ── POST /login/password ──▶ checked ── 303 ──▶ GET /menu ── POST /logout
 *   client.html ── name, password, the card's answer (S4) ──▶ POST /login/arrive ──▶ GET /login/welcome
 *   GET /transfer ── POST ──▶ GET /orders/:id, waits for the card's confirmation ──▶ receipt
 *
 * Every session and every counter is in the database; a second server process can answer the next step.
 */

const passwordPath = '/login/password';

export const openPortalServer = async (bank: Bank, tls: ServerTls): Promise<FastifyInstance> => {
  const fonts = await openFonts();
  const room: Room = { bank, styleSheets: fonts.map(({ styleSheet }) => styleSheet) };
  const server = openServer(bank, 'portal', tls, (request, reply, fault) =>
    refuse(room, request, reply, fault),
  );
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 96 * 1024 },
    (_request, body, done) => {
      done(null, new URLSearchParams(String(body)));
    },
  );
  serveFonts(server, fonts);
  serveRevocation(server, bank);
  server.addHook('onSend', async (_request, reply) => {
    reply.header(
      'Content-Security-Policy',
      `default-src 'none'; style-src 'self' '${styleHash}'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
    );
    reply.header('X-Frame-Options', 'DENY');
    // not `no-referrer`: with that, browsers hide the Origin of the password form, which is checked here
    reply.header('Referrer-Policy', 'same-origin');
    reply.header('Cross-Origin-Opener-Policy', 'same-origin');
    reply.header('Cross-Origin-Resource-Policy', 'same-origin');
    reply.header('Permissions-Policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
  });

  server.get('/', (request, reply) =>
    show(reply, welcomePage(frameOf(room, request, reply, '/'), bank.onlineOrigin !== undefined)),
  );
  server.get('/goodbye', (request, reply) =>
    show(reply, goodbyePage(frameOf(room, request, reply, '/goodbye'))),
  );
  server.get('/favicon.ico', (_request, reply) => reply.code(204).send());
  server.get('/refused/:code', (request, reply) => {
    const { pathname } = new URL(request.url, bank.portalOrigin);
    const code = pathname.slice('/refused/'.length);
    return refuse(room, request, reply, { code: refusalOf(code), data: {} });
  });

  // S0 step 6: what the card signed
  server.post(loginPath, async (request, reply) => {
    const checked = await checkAssertion(bank, fieldOf(request, loginField));
    if (!checked.ok) return refuse(room, request, reply, checked.fault);
    const { payload } = checked.value;
    // This bank signs its phones in with name, password and a random number: this is no way round them.
    if (bank.phoneLogin === 'random-number' && payload.otp === undefined)
      return refuse(room, request, reply, { code: 'challenge-unknown', data: { cardId: payload.cardId } });
    const taken = await takeOtp(bank, payload.cardId, payload.otp, '', request.id);
    if (!taken.ok) return refuse(room, request, reply, taken.fault);
    const id = await openSession(bank, payload.cardId, 'password');
    return reply
      .header('Set-Cookie', cookie(sessionCookie, id, 'Lax', lifetimeSeconds.password))
      .redirect(passwordPath, 303);
  });

  server.get(passwordPath, async (request, reply) => {
    const session = await readSession(bank, sessionIdOf(request), 'password');
    if (!session.ok) return refuse(room, request, reply, session.fault);
    return show(reply, await askPassword(room, request, reply, session.value));
  });

  // S0 step 7
  server.post(passwordPath, async (request, reply) => {
    const id = sessionIdOf(request);
    const session = await readSession(bank, id, 'password');
    if (!session.ok) return refuse(room, request, reply, session.fault);
    if (!isOwnForm(bank, request, session.value))
      return refuse(room, request, reply, { code: 'session-expired', data: {} });
    const password = fieldOf(request, 'password');
    if (password === '')
      return show(reply, await askPassword(room, request, reply, session.value, { kind: 'empty' }), 422);

    const { card_id: cardId } = session.value.row;
    const checked = await checkLoginPassword(bank, cardId, password, request.id);
    if (checked.ok) {
      // One place at a time: whoever signs in ends what this card had open elsewhere.
      await closeSessionsOf(bank, cardId);
      const signedIn = await openSession(bank, cardId, 'signed-in', checked.value);
      return reply
        .header('Set-Cookie', cookie(sessionCookie, signedIn, 'Strict', lifetimeSeconds['signed-in']))
        .redirect('/menu', 303);
    }
    const { code, data } = checked.fault;
    request.log.info({ fault: code, cardId }, 'refused');
    if (code === 'login-refused')
      return show(
        reply,
        await askPassword(room, request, reply, session.value, {
          kind: 'wrong',
          triesLeft: Number(data.triesLeft),
        }),
        403,
      );
    if (code === 'login-delayed')
      return show(
        reply.header('Retry-After', String(data.seconds)),
        await askPassword(room, request, reply, session.value, {
          kind: 'delayed',
          seconds: Number(data.seconds),
        }),
        429,
      );
    await closeSessionsOf(bank, cardId);
    return refuse(room, request, reply.header('Set-Cookie', expiredCookie(sessionCookie)), checked.fault);
  });

  // S0 step 8
  server.get('/menu', async (request, reply) => {
    const session = await readSession(bank, sessionIdOf(request), 'signed-in');
    if (!session.ok) return refuse(room, request, reply, session.fault);
    const { file, row } = session.value;
    const accounts = await ownAccounts(bank, file.card.customer_id);
    if (!accounts.ok) return refuse(room, request, reply, accounts.fault);
    const { name, name_latin } = await bank.store.db
      .selectFrom('customers')
      .select(['name', 'name_latin'])
      .where('customer_id', '=', file.card.customer_id)
      .executeTakeFirstOrThrow();
    const frame = frameOf(room, request, reply, '/menu');
    const customerName = frame.language === 'en' ? name_latin : name;
    const list = accounts.value.map(({ accountNumber: number, ...account }) => ({ number, ...account }));
    return show(
      reply,
      menuPage(frame, { ...file, customerName }, list, row.previous_login_at, row.csrf_token),
    );
  });

  server.post('/logout', async (request, reply) => {
    const id = sessionIdOf(request);
    const session = await readSession(bank, id, 'signed-in');
    if (session.ok && isOwnForm(bank, request, session.value)) await closeSession(bank, id);
    return reply.header('Set-Cookie', expiredCookie(sessionCookie)).redirect('/goodbye', 303);
  });

  serveCardLogin(server, room);
  serveAccounts(server, room);
  serveTransfers(server, room);
  serveCardMessages(server, room);
  serveArrivals(server, room);

  await server.ready();
  return server;
};

const askPassword = async (
  room: Room,
  request: FastifyRequest,
  reply: FastifyReply,
  { row, file }: PortalSession,
  problem?: Parameters<typeof passwordPage>[1]['problem'],
): Promise<string> => {
  const { login_name: loginName } = await room.bank.store.db
    .selectFrom('customers')
    .select('login_name')
    .where('customer_id', '=', file.card.customer_id)
    .executeTakeFirstOrThrow();
  const frame = frameOf(room, request, reply, passwordPath);
  return passwordPage(frame, { loginName, csrfToken: row.csrf_token, problem });
};

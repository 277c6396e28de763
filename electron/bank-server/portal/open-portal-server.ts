import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { timingSafeEqual } from 'node:crypto';
import { loginField, loginPath } from '../../shared/bank-api/index.ts';
import type { Fault } from '../../shared/result/index.ts';
import { checkAssertion } from '../authentication/check-assertion.ts';
import { checkLoginPassword } from '../authentication/check-login-password.ts';
import { currentCrl } from '../authority/certificates.ts';
import type { Bank } from '../bank.ts';
import { serveOcsp } from '../ocsp/serve-ocsp.ts';
import { openServer, type ServerTls } from '../http/open-server.ts';
import { cookie, expiredCookie, languageCookie, readCookie, sessionCookie } from './cookies.ts';
import { openFonts, serveFonts } from './fonts.ts';
import { languageOf } from './language.ts';
import { goodbyePage, menuPage, passwordPage, refusedPage, welcomePage, type Frame } from './pages.ts';
import {
  closeSession,
  closeSessionsOf,
  lifetimeSeconds,
  openSession,
  readSession,
  type PortalSession,
} from './sessions.ts';
import { styleHash } from './style.ts';
import { wordsIn, type Refusal } from './words.ts';

/*
 * The customers' server (S0 steps 5 to 8, S4's ten failures):
 *
 *   client.html ── POST /login, the signed assertion ──▶ checked ── 303 ──▶ GET /login/password
 *   page with the login name ── POST /login/password ──▶ checked ── 303 ──▶ GET /menu ── POST /logout
 *
 * Every session and every counter is in the database; a second server process can answer the next step.
 */

const passwordPath = '/login/password';

/** What all pages of this server share. */
interface Room {
  readonly bank: Bank;
  readonly styleSheets: readonly string[];
}

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
  serveOcsp(server, bank);
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

  server.get('/', (request, reply) => show(reply, welcomePage(frameOf(room, request, reply, '/'))));
  server.get('/goodbye', (request, reply) =>
    show(reply, goodbyePage(frameOf(room, request, reply, '/goodbye'))),
  );
  server.get('/favicon.ico', (_request, reply) => reply.code(204).send());
  server.get('/crl', async (_request, reply) =>
    reply.type('application/pkix-crl').send(await currentCrl(bank)),
  );
  server.get('/refused/:code', (request, reply) => {
    const { pathname } = new URL(request.url, bank.portalOrigin);
    const code = pathname.slice('/refused/'.length);
    return refuse(room, request, reply, { code: refusalOf(code), data: {} });
  });

  // S0 step 6: what the card signed
  server.post(loginPath, async (request, reply) => {
    const checked = await checkAssertion(bank, fieldOf(request, loginField));
    if (!checked.ok) return refuse(room, request, reply, checked.fault);
    const id = await openSession(bank, checked.value.card.card_id, 'password');
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
      await closeSession(bank, id);
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
    const accounts = await bank.store.db
      .selectFrom('accounts')
      .select(['account_number', 'currency', 'kind', 'balance'])
      .where('customer_id', '=', file.card.customer_id)
      .orderBy('account_number')
      .execute();
    const { name, name_latin } = await bank.store.db
      .selectFrom('customers')
      .select(['name', 'name_latin'])
      .where('customer_id', '=', file.card.customer_id)
      .executeTakeFirstOrThrow();
    const frame = frameOf(room, request, reply, '/menu');
    const customerName = frame.language === 'en' ? name_latin : name;
    const list = accounts.map(({ account_number: number, ...account }) => ({ number, ...account }));
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

const show = (reply: FastifyReply, page: string, status = 200): FastifyReply =>
  reply.code(status).type('text/html; charset=utf-8').send(page);

/** Every refusal is a page in the customer's words; the reason also stands in the log under the request's id. */
const refuse = (room: Room, request: FastifyRequest, reply: FastifyReply, fault: Fault): FastifyReply => {
  const refusal = refusalOf(fault.code);
  const { cardId, reason } = fault.data;
  request.log.info({ fault: fault.code, cardId, reason }, 'refused');
  const frame = frameOf(room, request, reply, `/refused/${refusal}`);
  const status = refusal === 'bank-internal-error' ? 500 : refusal === 'unknown-call' ? 404 : 403;
  return show(
    reply,
    refusedPage(frame, refusal, refusal === 'bank-internal-error' ? request.id : undefined),
    status,
  );
};

const refusalOf = (code: string): Refusal => {
  if (code === 'request-malformed') return 'assertion-malformed';
  const known = Object.keys(wordsIn.en.refusals) as Refusal[]; // the keys of the table itself
  return (
    known.find((each) => each === code) ?? (code === 'unknown-call' ? 'unknown-call' : 'bank-internal-error')
  );
};

const frameOf = (room: Room, request: FastifyRequest, reply: FastifyReply, path: string): Frame => {
  const { bank, styleSheets } = room;
  const chosen = new URL(request.url, bank.portalOrigin).searchParams.get('lang') ?? undefined;
  const language = languageOf(
    chosen,
    readCookie(request.headers.cookie, languageCookie),
    request.headers['accept-language'],
  );
  if (chosen === language) reply.header('Set-Cookie', cookie(languageCookie, language, 'Lax', 31_536_000));
  return {
    identity: bank.identity,
    training: bank.training,
    portalOrigin: bank.portalOrigin,
    styleSheets,
    language,
    path,
  };
};

const sessionIdOf = (request: FastifyRequest): string | undefined =>
  readCookie(request.headers.cookie, sessionCookie);

const fieldOf = (request: FastifyRequest, name: string): string =>
  request.body instanceof URLSearchParams ? (request.body.get(name) ?? '') : '';

/** The form came from a page of this session (token) and of this site (Origin, where the browser says it). */
const isOwnForm = (bank: Bank, request: FastifyRequest, { row }: PortalSession): boolean => {
  const given = Buffer.from(fieldOf(request, 'csrf'));
  const wanted = Buffer.from(row.csrf_token);
  const { origin } = request.headers;
  return (
    (origin === undefined || origin === bank.portalOrigin) &&
    given.length === wanted.length &&
    timingSafeEqual(given, wanted)
  );
};

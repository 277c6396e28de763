import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Fault } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { cookie, languageCookie, readCookie, sessionCookie } from './cookies.ts';
import type { Frame } from './frame.ts';
import { languageOf } from './language.ts';
import { refusedPage } from './pages.ts';
import type { PortalSession } from './sessions.ts';
import { wordsIn, type Refusal } from './words.ts';

/** What all pages of this server share. */
export interface Room {
  readonly bank: Bank;
  readonly styleSheets: readonly string[];
}

export const show = (reply: FastifyReply, page: string, status = 200): FastifyReply =>
  reply.code(status).type('text/html; charset=utf-8').send(page);

/** Every refusal is a page in the customer's words; the reason also stands in the log under the request's id. */
export const refuse = (
  room: Room,
  request: FastifyRequest,
  reply: FastifyReply,
  fault: Fault,
): FastifyReply => {
  const refusal = refusalOf(fault.code);
  const { cardId, reason } = fault.data;
  request.log.info({ fault: fault.code, cardId, reason }, 'refused');
  const frame = frameOf(room, request, reply, `/refused/${refusal}`);
  const status = reason === 'rate-limit' ? 429 : (statuses[refusal] ?? 403);
  return show(
    reply,
    refusedPage(frame, refusal, refusal === 'bank-internal-error' ? request.id : undefined),
    status,
  );
};

const statuses: Partial<Record<Refusal, number>> = {
  'bank-internal-error': 500,
  'bank-busy': 503,
  'unknown-call': 404,
};

export const refusalOf = (code: string): Refusal => {
  if (code === 'request-malformed') return 'assertion-malformed';
  const known = Object.keys(wordsIn.en.refusals) as Refusal[]; // the keys of the table itself
  return (
    known.find((each) => each === code) ?? (code === 'unknown-call' ? 'unknown-call' : 'bank-internal-error')
  );
};

export const frameOf = (room: Room, request: FastifyRequest, reply: FastifyReply, path: string): Frame => {
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

export const sessionIdOf = (request: FastifyRequest): string | undefined =>
  readCookie(request.headers.cookie, sessionCookie);

export const fieldOf = (request: FastifyRequest, name: string): string =>
  request.body instanceof URLSearchParams ? (request.body.get(name) ?? '') : '';

/** The form came from a page of this session (token) and of this site (Origin, where the browser says it). */
export const isOwnForm = (bank: Bank, request: FastifyRequest, { row }: PortalSession): boolean => {
  const given = Buffer.from(fieldOf(request, 'csrf'));
  const wanted = Buffer.from(row.csrf_token);
  const { origin } = request.headers;
  return (
    (origin === undefined || origin === bank.portalOrigin) &&
    given.length === wanted.length &&
    timingSafeEqual(given, wanted)
  );
};

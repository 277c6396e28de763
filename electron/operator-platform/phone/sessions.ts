import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Operator } from '../operator.ts';
import type { PhoneSessionRow } from '../store/tables.ts';
import { localeOf, type Locale } from './words/index.ts';

/** The session of the phone that asks; a new one when it has none or its time is over. */
export const sessionOf = async (
  operator: Operator,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<PhoneSessionRow> => {
  const now = operator.clock();
  const secret = cookieOf(request);
  const row =
    secret === undefined
      ? undefined
      : await operator.db
          .selectFrom('phone_sessions')
          .selectAll()
          .where('session_sha256', '=', sha256(secret))
          .where('expires_at', '>', now.toISOString())
          .executeTakeFirst();
  return row ?? openSession(operator, reply, null, localeOf(request.headers['accept-language']));
};

/** A fresh session; after a SIM was chosen too, so that nobody can lay an old one into a phone. */
export const openSession = async (
  operator: Operator,
  reply: FastifyReply,
  imsi: string | null,
  locale: Locale,
): Promise<PhoneSessionRow> => {
  const secret = randomBytes(32).toString('base64url');
  const { sessionSeconds } = operator.settings;
  const row: PhoneSessionRow = {
    session_sha256: sha256(secret),
    imsi,
    csrf_token: randomBytes(24).toString('base64url'),
    locale,
    expires_at: new Date(operator.clock().getTime() + sessionSeconds * 1000).toISOString(),
  };
  await operator.db.insertInto('phone_sessions').values(row).execute();
  reply.header(
    'Set-Cookie',
    `${cookieName}=${secret}; Path=/; Max-Age=${sessionSeconds}; Secure; HttpOnly; SameSite=Lax`,
  );
  return row;
};

export const closeSession = async (operator: Operator, session: PhoneSessionRow): Promise<void> => {
  await operator.db
    .deleteFrom('phone_sessions')
    .where('session_sha256', '=', session.session_sha256)
    .execute();
};

export const setLocale = async (
  operator: Operator,
  session: PhoneSessionRow,
  locale: Locale,
): Promise<void> => {
  await operator.db
    .updateTable('phone_sessions')
    .set({ locale })
    .where('session_sha256', '=', session.session_sha256)
    .execute();
};

/** Was this form on a page of this session? */
export const isOwnForm = (session: PhoneSessionRow, token: string | undefined): boolean => {
  const [given, own] = [Buffer.from(token ?? ''), Buffer.from(session.csrf_token)];
  return given.length === own.length && timingSafeEqual(given, own);
};

const cookieName = '__Host-phone';

const cookieOf = (request: FastifyRequest): string | undefined =>
  request.headers.cookie
    ?.split(';')
    .map((each) => each.trim())
    .find((each) => each.startsWith(`${cookieName}=`))
    ?.slice(cookieName.length + 1);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

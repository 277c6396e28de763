import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Bank } from '../bank.ts';
import { certificatesOnly } from '../ca/signed-data.ts';

/** Requests come as text: base64 in lines or in one. */
export const acceptRequests = (server: FastifyInstance): void => {
  server.addContentTypeParser('application/pkcs10', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
};

/** Empty: a path without a label. */
export const labelOf = (params: unknown): { profile: string } => {
  const profile = typeof params === 'object' && params !== null && 'profile' in params ? params.profile : '';
  return { profile: String(profile) };
};

/**
 * RFC 8951, 3.1 means one line and lets readers take lines; strongSwan's client reads one line only, libest's
 * lines only.
 */
export type Base64Form = 'one-line' | 'lines';

/** Who sends one long line gets one, who sends lines gets lines, and who sends nothing gets `form`. */
export const sendBase64 = (
  { body }: FastifyRequest,
  reply: FastifyReply,
  type: string,
  der: Buffer,
  form: Base64Form,
): FastifyReply => {
  const base64 = der.toString('base64');
  const chosen = typeof body !== 'string' || body.length <= 76 ? form : formOf(body);
  return reply
    .header('Content-Type', type)
    .header('Content-Transfer-Encoding', 'base64')
    .send(chosen === 'one-line' ? base64 : inLines(base64));
};

/** 64 characters in each (RFC 7468's, within RFC 2045's 76); the last one ends as the others. */
const inLines = (base64: string): string => {
  let lines = '';
  for (let at = 0; at < base64.length; at += 64) lines += `${base64.slice(at, at + 64)}\n`;
  return lines;
};

const formOf = (body: string): Base64Form => (body.trim().includes('\n') ? 'lines' : 'one-line');

/** One line or many; undefined when it is not base64 at all. */
export const fromBase64 = (text: string): Buffer | undefined => {
  const compact = text.replace(/\s+/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(compact) && compact.length % 4 === 0
    ? Buffer.from(compact, 'base64')
    : undefined;
};

/** RFC 7030, 4.1.3: the newest first, what it signed for the others after all of them. */
const caCertificates = ({ authority }: Bank): Buffer[] => [
  ...authority.trusted.toReversed(),
  ...authority.issuingKeys.all().flatMap(({ links }) => links),
];

export const sendCaCertificates = (
  bank: Bank,
  request: FastifyRequest,
  reply: FastifyReply,
  form: Base64Form,
): FastifyReply =>
  sendBase64(request, reply, 'application/pkcs7-mime', certificatesOnly(caCertificates(bank)), form);

/** RFC 7030, 4.2.3: the certificate alone. */
export const sendCertificate = (
  request: FastifyRequest,
  reply: FastifyReply,
  certificate: Buffer,
): FastifyReply =>
  sendBase64(
    request,
    reply,
    'application/pkcs7-mime; smime-type=certs-only',
    certificatesOnly([certificate]),
    'lines',
  );

/** RFC 7030, 4.2.3: somebody has to approve it; ask again with the same request. */
export const sendPending = (reply: FastifyReply, retryAfterSeconds: number): FastifyReply =>
  reply
    .code(202)
    .header('Retry-After', String(retryAfterSeconds))
    .type('text/plain; charset=utf-8')
    .send('Waits for approval.\n');

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Requests come as text: base64 in lines or in one. */
export const acceptRequests = (server: FastifyInstance): void => {
  server.addContentTypeParser('application/pkcs10', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
};

export const labelOf = (params: unknown): { profile: string } => {
  const profile = typeof params === 'object' && params !== null && 'profile' in params ? params.profile : '';
  return { profile: String(profile) };
};

/**
 * RFC 8951, 3.1 allows lines and one line; some clients read only the one and some only the other. Who
 * sends one long line gets one, everybody else lines.
 */
export const sendBase64 = (
  request: FastifyRequest,
  reply: FastifyReply,
  type: string,
  der: Buffer,
): FastifyReply => {
  const base64 = der.toString('base64');
  return reply
    .header('Content-Type', type)
    .header('Content-Transfer-Encoding', 'base64')
    .send(isOneLine(request.body) ? base64 : `${base64.replace(/.{64}(?=.)/g, '$&\n')}\n`);
};

const isOneLine = (body: unknown): boolean =>
  typeof body === 'string' && body.length > 76 && !body.trim().includes('\n');

/** One line or many; undefined when it is not base64 at all. */
export const fromBase64 = (text: string): Buffer | undefined => {
  const compact = text.replace(/\s+/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(compact) && compact.length % 4 === 0
    ? Buffer.from(compact, 'base64')
    : undefined;
};

/** RFC 7030, 4.2.3: somebody has to approve it; ask again with the same request. */
export const sendPending = (reply: FastifyReply): FastifyReply =>
  reply.code(202).header('Retry-After', '60').type('text/plain; charset=utf-8').send('Waits for approval.\n');

import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Bank } from '../bank.ts';
import { openOcspResponder } from './open-ocsp-responder.ts';

/** `/ocsp`, by POST and by GET with the request in the path (RFC 6960, appendix A.1). */
export const serveOcsp = (server: FastifyInstance, bank: Bank): void => {
  const responder = openOcspResponder(bank);
  const send = async (reply: FastifyReply, request: Uint8Array): Promise<FastifyReply> =>
    reply.type('application/ocsp-response').send(await responder.answer(request));

  server.addContentTypeParser(
    'application/ocsp-request',
    { parseAs: 'buffer', bodyLimit: 8 * 1024 },
    (_request, body, done) => {
      done(null, body);
    },
  );
  server.post('/ocsp', (request, reply) =>
    send(reply, Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)),
  );
  server.get('/ocsp/*', (request, reply) => {
    // The router has decoded the path; base64 may hold slashes.
    const params: unknown = request.params;
    const path = typeof params === 'object' && params !== null && '*' in params ? String(params['*']) : '';
    return send(reply, Buffer.from(path, 'base64'));
  });
};

import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Bank } from '../bank.ts';
import { serveOcsp } from '../ocsp/serve-ocsp.ts';
import { currentCrl } from './certificates.ts';

/**
 * What anybody may know of the bank's certificates: `/crl/ID.crl` and `/ca/ID.cer` by the id of the issuing key,
 * and `/ocsp`. Everything is signed itself, so plain HTTP does (RFC 5280, 8). `/crl` alone is the list of the
 * first key: it is in certificates from before keys had ids.
 */
export const serveRevocation = (server: FastifyInstance, bank: Bank): void => {
  const { issuingKeys } = bank.authority;
  const idIn = (params: unknown, ending: string): string => {
    const file = typeof params === 'object' && params !== null && 'file' in params ? String(params.file) : '';
    return file.endsWith(ending) ? file.slice(0, -ending.length) : '';
  };
  const send = (reply: FastifyReply, type: string, der: Buffer | undefined): FastifyReply => {
    if (der !== undefined) return reply.type(type).send(der);
    reply.callNotFound();
    return reply;
  };
  const list = async (reply: FastifyReply, keyId: string): Promise<FastifyReply> =>
    send(reply, 'application/pkix-crl', await currentCrl(bank, keyId));

  server.get('/crl', (_request, reply) => list(reply, issuingKeys.all()[0]?.keyId ?? ''));
  server.get('/crl/:file', (request, reply) => list(reply, idIn(request.params, '.crl')));
  server.get('/ca/:file', async (request, reply) => {
    await issuingKeys.refresh(bank.store.db);
    const keyId = idIn(request.params, '.cer');
    const key = issuingKeys.all().find((each) => each.keyId === keyId);
    return send(reply, 'application/pkix-cert', key?.certificate);
  });
  serveOcsp(server, bank);
};

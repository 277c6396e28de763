import type { FastifyInstance } from 'fastify';
import type { Bank } from '../bank.ts';
import { openServer } from '../http/open-server.ts';
import { sendProblem } from '../http/problem-reply.ts';
import { serveRevocation } from './serve-revocation.ts';

/** Certificate lists, OCSP and CA certificates over plain HTTP, where the certificates say they are. */
export const openPublicationServer = async (bank: Bank): Promise<FastifyInstance> => {
  const server = openServer(bank, 'publication', undefined, (request, reply, fault) =>
    sendProblem(reply, fault, request.id),
  );
  serveRevocation(server, bank);
  await server.ready();
  return server;
};

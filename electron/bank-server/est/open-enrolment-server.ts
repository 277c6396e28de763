import type { FastifyInstance } from 'fastify';
import type { Bank } from '../bank.ts';
import { openServer, type ServerTls } from '../http/open-server.ts';
import { sendProblem } from '../http/problem-reply.ts';
import { serveFirstEnrolment } from './serve-first-enrolment.ts';

/** For stations that have no certificate yet: EST with a password (RFC 7030, 3.2.3) and nothing else. */
export const openEnrolmentServer = async (bank: Bank, tls: ServerTls): Promise<FastifyInstance> => {
  const server = openServer(bank, 'enrolment', tls, (request, reply, fault) =>
    sendProblem(reply, fault, request.id),
  );
  serveFirstEnrolment(server, bank);
  await server.ready();
  return server;
};

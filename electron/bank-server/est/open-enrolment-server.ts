import type { FastifyInstance } from 'fastify';
import type { Bank } from '../bank.ts';
import { openServer, type ServerTls } from '../http/open-server.ts';
import { sendProblem } from '../http/problem-reply.ts';
import type { Base64Form } from './messages.ts';
import { serveStationEnrolment } from './serve-station-enrolment.ts';

export interface EnrolmentSettings {
  /** TLS 1.2 is for peers that know nothing newer, such as strongSwan's client. */
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  readonly base64: Base64Form;
  /** How soon a station whose request waits for approval asks again. */
  readonly retryAfterSeconds: number;
}

/**
 * EST for stations and nothing else: those without a certificate come with a password (RFC 7030, 3.2.3), the
 * others with the certificate they have. `tls.clientCa`: whose certificates count.
 */
export const openEnrolmentServer = async (
  bank: Bank,
  tls: ServerTls,
  settings: EnrolmentSettings,
): Promise<FastifyInstance> => {
  const server = openServer(
    bank,
    'enrolment',
    { ...tls, minVersion: settings.minVersion, clientMayBeUnknown: true },
    (request, reply, fault) => sendProblem(reply, fault, request.id),
  );
  serveStationEnrolment(server, bank, settings);
  await server.ready();
  return server;
};

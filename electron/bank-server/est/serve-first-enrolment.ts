import type { FastifyInstance } from 'fastify';
import { fail } from '../../shared/result/index.ts';
import { readCertificateRequest } from '../authority/certificate-request.ts';
import { enrolStation } from '../authority/enrol-station.ts';
import { bindStationSecret, checkStationSecret } from '../authority/station-secrets.ts';
import type { Bank } from '../bank.ts';
import { certificatesOnly } from '../ca/signed-data.ts';
import { sendProblem } from '../http/problem-reply.ts';
import { acceptRequests, fromBase64, labelOf, sendBase64, sendPending } from './messages.ts';

export const serveFirstEnrolment = (server: FastifyInstance, bank: Bank): void => {
  acceptRequests(server);
  // RFC 7030, 4.1.1: everybody may ask for these
  for (const path of ['/.well-known/est/cacerts', '/.well-known/est/:profile/cacerts'])
    server.get(path, (request, reply) =>
      sendBase64(request, reply, 'application/pkcs7-mime', certificatesOnly([bank.authority.caCertificate])),
    );

  server.post('/.well-known/est/:profile/simpleenroll', async (request, reply) => {
    const given = credentialsOf(request.headers.authorization);
    const checked = given
      ? await checkStationSecret(bank, given.stationId, given.secret)
      : fail('bank-refused-station', { reason: 'password' });
    if (given === undefined || !checked.ok)
      return sendProblem(
        reply.header('WWW-Authenticate', 'Basic realm="enrolment", charset="UTF-8"'),
        fail('bank-refused-station', { reason: 'password' }).fault,
        request.id,
        401,
      );
    const der = typeof request.body === 'string' ? fromBase64(request.body) : undefined;
    const read = der === undefined ? 'malformed' : readCertificateRequest(der);
    if (typeof read === 'string' || der === undefined) {
      const reason = typeof read === 'string' ? read : 'malformed';
      return sendProblem(reply, fail('csr-refused', { reason }).fault, request.id);
    }
    if (!(await bindStationSecret(bank, given.stationId, read.publicKeySha256)))
      return sendProblem(reply, fail('csr-refused', { reason: 'key-differs' }).fault, request.id);
    const { profile } = labelOf(request.params);
    const caller = { station: { stationId: given.stationId }, requestId: request.id, now: bank.clock() };
    const enrolled = await enrolStation(bank, caller, profile, der);
    if (!enrolled.ok) {
      request.log.info({ fault: enrolled.fault.code, data: enrolled.fault.data }, 'refused');
      return sendProblem(reply, enrolled.fault, request.id);
    }
    if (enrolled.value.kind === 'pending') {
      request.log.info(
        { station: given.stationId, enrolment: enrolled.value.requestId },
        'waits for approval',
      );
      return sendPending(reply);
    }
    return sendBase64(
      request,
      reply,
      'application/pkcs7-mime; smime-type=certs-only',
      certificatesOnly([enrolled.value.certificate]),
    );
  });
};

// RFC 7617
const credentialsOf = (header: string | undefined): { stationId: string; secret: string } | undefined => {
  const [, base64] = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(header ?? '') ?? [];
  if (base64 === undefined) return undefined;
  const [, stationId, secret] = /^([^:]+):(.*)$/s.exec(Buffer.from(base64, 'base64').toString('utf8')) ?? [];
  return stationId === undefined || secret === undefined ? undefined : { stationId, secret };
};

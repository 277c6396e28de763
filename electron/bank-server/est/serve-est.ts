import type { FastifyInstance } from 'fastify';
import { fail } from '../../shared/result/index.ts';
import { openEnrolment } from '../authority/enrol.ts';
import type { Bank } from '../bank.ts';
import { sendProblem } from '../http/problem-reply.ts';
import { acceptRequests, labelOf, sendBase64, sendCaCertificates, sendCertificate } from './messages.ts';
import { tryRequest } from './read-request.ts';
import { requestAttributes } from './request-attributes.ts';
import { reenrolOver, refused, refuseServerKey } from './serve-station-enrolment.ts';

/**
 * Enrolment over Secure Transport (RFC 7030, base64 as RFC 8951 clarifies it) beside the stations' API: what they
 * enrol for cards, and the renewal of their own certificate. One label for each profile.
 */
export const serveEst = (server: FastifyInstance, bank: Bank): void => {
  acceptRequests(server);
  const enrol = openEnrolment(bank);

  // RFC 7030, 4.1
  server.get('/.well-known/est/cacerts', (request, reply) =>
    sendCaCertificates(bank, request, reply, 'lines'),
  );

  const reenrol = reenrolOver(bank);
  server.post('/.well-known/est/simplereenroll', reenrol);

  server.register(async (labels) => {
    labels.addHook('onRequest', async (request, reply) => {
      const { profile } = labelOf(request.params);
      const known = bank.authority.profiles.get(profile);
      // A station's first certificate is a matter of the enrolment server; here it renews the one it has.
      const renews = known?.stationEnrolment !== undefined && !request.url.endsWith('/simpleenroll');
      if (known?.enrollable !== true && !renews)
        return sendProblem(reply, fail('unknown-call').fault, request.id);
      return undefined;
    });
    labels.get('/.well-known/est/:profile/cacerts', (request, reply) =>
      sendCaCertificates(bank, request, reply, 'lines'),
    );

    labels.get('/.well-known/est/:profile/csrattrs', (request, reply) => {
      const profile = bank.authority.profiles.get(labelOf(request.params).profile);
      return profile === undefined
        ? sendProblem(reply, fail('unknown-call').fault, request.id)
        : sendBase64(request, reply, 'application/csrattrs', requestAttributes(profile), 'lines');
    });

    // RFC 7030, 4.2
    labels.post('/.well-known/est/:profile/simpleenroll', async (request, reply) => {
      const { profile } = labelOf(request.params);
      const { stationId } = request;
      if (stationId === undefined) return sendProblem(reply, fail('bank-refused-station').fault, request.id);
      const read = tryRequest(bank, request, bank.authority.profiles.get(profile));
      if (!read.ok) return refused(request, reply, read);
      const caller = { station: { stationId }, requestId: request.id, now: bank.clock() };
      const certificate = await enrol(caller, profile, read.value);
      return certificate.ok
        ? sendCertificate(request, reply, certificate.value)
        : refused(request, reply, certificate);
    });

    // The station's own certificate; a card's is made anew at the counter.
    labels.post('/.well-known/est/:profile/simplereenroll', reenrol);

    labels.post('/.well-known/est/:profile/serverkeygen', refuseServerKey);
  });
};

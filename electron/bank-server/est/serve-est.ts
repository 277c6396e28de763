import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fail } from '../../shared/result/index.ts';
import { enrol } from '../authority/enrol.ts';
import { reenrolStation } from '../authority/enrol-station.ts';
import type { Bank } from '../bank.ts';
import { certificatesOnly } from '../ca/signed-data.ts';
import { sendProblem } from '../http/problem-reply.ts';
import { peerCertificate } from '../http/station-of.ts';
import { acceptRequests, fromBase64, labelOf, sendBase64, sendPending } from './messages.ts';

/** Enrolment over Secure Transport (RFC 7030, base64 as RFC 8951 clarifies it), one label for each profile. */
export const serveEst = (server: FastifyInstance, bank: Bank): void => {
  acceptRequests(server);

  // RFC 7030, 4.1
  const cacerts = (request: FastifyRequest, reply: FastifyReply) =>
    sendBase64(request, reply, 'application/pkcs7-mime', certificatesOnly([bank.authority.caCertificate]));
  server.get('/.well-known/est/cacerts', (request, reply) => cacerts(request, reply));

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
    labels.get('/.well-known/est/:profile/cacerts', (request, reply) => cacerts(request, reply));

    // RFC 7030, 4.5.2: nothing beyond what the enrolment order says is wanted of a request
    labels.get('/.well-known/est/:profile/csrattrs', (_request, reply) => reply.code(204).send());

    // RFC 7030, 4.2
    labels.post('/.well-known/est/:profile/simpleenroll', async (request, reply) => {
      const { profile } = labelOf(request.params);
      const der = typeof request.body === 'string' ? fromBase64(request.body) : undefined;
      const { stationId } = request;
      if (stationId === undefined) return sendProblem(reply, fail('bank-refused-station').fault, request.id);
      const caller = { station: { stationId }, requestId: request.id, now: bank.clock() };
      const certificate =
        der === undefined
          ? fail('csr-refused', { reason: 'malformed' })
          : await enrol(bank, caller, profile, der);
      if (!certificate.ok) {
        request.log.info({ fault: certificate.fault.code, data: certificate.fault.data }, 'refused');
        return sendProblem(reply, certificate.fault, request.id);
      }
      // RFC 7030, 4.2.3: the certificate alone
      return sendBase64(
        request,
        reply,
        'application/pkcs7-mime; smime-type=certs-only',
        certificatesOnly([certificate.value]),
      );
    });

    // RFC 7030, 4.2.2: the station's own certificate; a card's is made anew at the counter
    labels.post('/.well-known/est/:profile/simplereenroll', async (request, reply) => {
      const { profile } = labelOf(request.params);
      const der = typeof request.body === 'string' ? fromBase64(request.body) : undefined;
      const { stationId } = request;
      const current = await peerCertificate(bank, request);
      if (stationId === undefined || current === undefined)
        return sendProblem(reply, fail('bank-refused-station').fault, request.id);
      const caller = { station: { stationId }, requestId: request.id, now: bank.clock() };
      const renewed =
        der === undefined
          ? fail('csr-refused', { reason: 'malformed' })
          : await reenrolStation(bank, caller, profile, der, current);
      if (!renewed.ok) {
        request.log.info({ fault: renewed.fault.code, data: renewed.fault.data }, 'refused');
        return sendProblem(reply, renewed.fault, request.id);
      }
      return renewed.value.kind === 'pending'
        ? sendPending(reply)
        : sendBase64(
            request,
            reply,
            'application/pkcs7-mime; smime-type=certs-only',
            certificatesOnly([renewed.value.certificate]),
          );
    });

    // RFC 7030, 4.4: a key that the bank has seen is not the customer's or the station's own
    labels.post('/.well-known/est/:profile/serverkeygen', (request, reply) =>
      sendProblem(reply, fail('csr-refused', { reason: 'policy' }).fault, request.id),
    );
  });
};

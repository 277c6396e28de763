import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { RouteBody, RouteParams, RouteReply } from '../../shared/bank-api/index.ts';
import { onlineApi, type OnlineApi, type OnlineCall } from '../../shared/online-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { openEnrolment } from '../authority/enrol.ts';
import type { Bank } from '../bank.ts';
import { openServer, type ServerTls } from '../http/open-server.ts';
import { sendProblem } from '../http/problem-reply.ts';
import {
  beginManagementAuthentication,
  finishManagementAuthentication,
} from '../key-service/management-authentication.ts';
import { readCardFile } from '../registry/card-record.ts';
import { apply, certify, prove, renew, stored } from './applications.ts';
import { answerLogin, beginLogin } from './challenge-login.ts';
import { callOf, cardHolderOf, whoIs, type CardHolder, type OnlineRoom } from './online-room.ts';
import { sealLetter } from './sealed-letter.ts';
import { askSignature, giveSignature } from './signatures.ts';
import { serveBrowserLogin } from './serve-browser-login.ts';
import { readTicket } from './tickets.ts';

/** The authentication server for customers with a card in their own reader (S2, S4): TLS 1.3, a client certificate where there is one. */
export const openOnlineServer = async (
  bank: Bank,
  tls: ServerTls,
  algorithm: OnlineRoom['algorithm'],
): Promise<FastifyInstance> => {
  const server = openServer(bank, 'online', { ...tls, clientMayBeUnknown: true }, (request, reply, fault) => {
    request.log.info({ fault: fault.code, reason: fault.data.reason, cardId: fault.data.cardId }, 'refused');
    return sendProblem(reply, fault, request.id);
  });
  const room: OnlineRoom = { bank, algorithm, enrol: openEnrolment(bank) };
  const handlers = onlineHandlers(room);
  const calls = Object.keys(onlineApi) as OnlineCall[]; // the keys of the constant itself
  for (const name of calls) {
    const route = onlineApi[name];
    // The schemas of the same route have checked both; the compiler cannot follow a route by its name.
    const handler = handlers[name] as (
      request: FastifyRequest,
      params: unknown,
      body: unknown,
    ) => Promise<Result<unknown>>;
    server.route({
      method: route.method,
      url: route.path.replace(/\{(\w+)\}/g, ':$1'),
      handler: async (request, reply) => {
        const params = route.params.safeParse(request.params);
        const body = route.body.safeParse(route.method === 'GET' ? {} : (request.body ?? {}));
        const result =
          params.success && body.success
            ? await handler(request, params.data, body.data)
            : fail('request-malformed');
        if (result.ok) return reply.send(route.reply.parse(result.value));
        request.log.info({ fault: result.fault.code, reason: result.fault.data.reason }, 'refused');
        return sendProblem(reply, result.fault, request.id);
      },
    });
  }
  serveBrowserLogin(server, room);
  await server.ready();
  return server;
};

type OnlineHandlers = {
  readonly [C in OnlineCall]: (
    request: FastifyRequest,
    params: RouteParams<OnlineApi[C]>,
    body: RouteBody<OnlineApi[C]>,
  ) => Promise<Result<RouteReply<OnlineApi[C]>>>;
};

const onlineHandlers = (room: OnlineRoom): OnlineHandlers => {
  const { bank, algorithm } = room;
  const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));
  const withHolder = async <T>(
    request: FastifyRequest,
    work: (holder: CardHolder) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    const holder = await cardHolderOf(room, request);
    return holder.ok ? work(holder.value) : holder;
  };
  return {
    bank: async () =>
      ok({
        ...bank.identity,
        algorithm,
        portalOrigin: bank.portalOrigin,
        envelopeKey: { keyId: bank.envelopes.keyId, publicKey: bank.envelopes.publicKey },
      }),
    apply: (request, _params, body) => apply(room, callOf(room, request), body),
    renew: (request) => withHolder(request, (holder) => renew(room, holder)),
    beginManagementAuthentication: async (request, { applicationId }, body) => {
      const ticket = await readTicket(bank, applicationId);
      if (!ticket.ok) return ticket;
      const file = await readCardFile(bank.store.db, ticket.value.cardId);
      if (!file.ok) return file;
      return beginManagementAuthentication(bank, callOf(room, request), {
        ...body,
        mediumIdentity: file.value.card.medium_identity,
        keyVersion: 'current',
      });
    },
    finishManagementAuthentication: async (request, { applicationId, authenticationId }, body) => {
      const ticket = await readTicket(bank, applicationId);
      if (!ticket.ok) return ticket;
      return finishManagementAuthentication(bank, callOf(room, request), authenticationId, body);
    },
    certify: (request, { applicationId }, body) =>
      certify(room, callOf(room, request), applicationId, bytes(body.request)),
    stored: (request, { applicationId }, { contentSha256 }) =>
      stored(room, callOf(room, request), applicationId, contentSha256),
    prove: (request, { applicationId }, body) => prove(room, callOf(room, request), applicationId, body),
    session: (request) => withHolder(request, async (holder) => ok(await whoIs(bank, holder))),
    askSignature: (request, _params, { text }) =>
      withHolder(request, (holder) => askSignature(room, holder, text)),
    giveSignature: (request, { signatureId }, { signature }) =>
      withHolder(request, (holder) => giveSignature(room, holder, signatureId ?? '', bytes(signature))),
    sealedLetter: (request) =>
      withHolder(request, async ({ file, certificate }) =>
        ok(
          sealLetter(
            bank.identity.bankId,
            file.card.card_id,
            bytes(certificate.der),
            `${bank.identity.bankName} · ${file.customerName} · ${bank.clock().toISOString()}`,
          ),
        ),
      ),
    login: (request, _params, body) => beginLogin(room, callOf(room, request), body),
    answer: (request, { loginId }, { answer }) =>
      answerLogin(room, callOf(room, request), loginId ?? '', bytes(answer)),
  };
};

import { constants, randomUUID } from 'node:crypto';
import fastify, {
  LogController,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import { stopGracefully } from '../../graceful-stop/graceful-stop.ts';
import { fail, type Fault, type FaultData } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { requestLog } from '../log.ts';
import { limitRequests } from './limit-requests.ts';
import { storeFault } from '../store/store-fault.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the client certificate was accepted. */
    stationId: string | undefined;
  }
}

export interface ServerTls {
  readonly key: string;
  readonly cert: string;
  /** PEM of the CA whose clients may connect; absent: no client certificate is asked for. */
  readonly clientCa?: string;
  /** Absent: 1.3. With 1.2 only its suites with forward secrecy and AEAD, no renegotiation and no resumption. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** A client certificate is asked for and nobody is turned away for theirs: the routes look at it. */
  readonly clientMayBeUnknown?: true;
}

const BODY_LIMIT = 512 * 1024;

/** A server of the bank: TLS 1.3 unless told otherwise, small bodies, short waits, every request with an id and one log line. */
export const openServer = (
  bank: Bank,
  name: 'api' | 'portal' | 'enrolment' | 'online' | 'seeds' | 'publication',
  /** Undefined: plain HTTP, for what is signed itself. */
  tls: ServerTls | undefined,
  refuse: (request: FastifyRequest, reply: FastifyReply, fault: Fault) => FastifyReply,
): FastifyInstance => {
  const https: (SecureContextOptions & TlsOptions) | undefined = tls && {
    ...secureContextOf(tls),
    ...(tls.clientCa !== undefined && { requestCert: true, rejectUnauthorized: true }),
    ...(tls.clientMayBeUnknown === true && { requestCert: true, rejectUnauthorized: false }),
  };
  const log = bank.log.child({ server: name });
  const server: FastifyInstance = fastify({
    ...(https && { https }),
    loggerInstance: log,
    childLoggerFactory: (_log, { reqId }) => requestLog(log, String(reqId)),
    // Fastify's own lines hold whole URLs, and a search for a customer is in the URL.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 30_000,
    forceCloseConnections: 'idle',
    // What comes on an open connection while the server stops is answered like the rest, and told to come anew.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 200 },
  }) as unknown as FastifyInstance; // the same server; its type only remembers that it speaks TLS
  stopGracefully(server);
  server.decorateRequest('stationId', undefined);

  server.addHook('onSend', async (request, reply) => {
    reply.header('X-Request-Id', request.id);
    reply.header('X-Content-Type-Options', 'nosniff');
    if (!reply.hasHeader('Cache-Control')) reply.header('Cache-Control', 'no-store');
  });
  server.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'; // the template: ids of customers are data
    bank.metrics.request(name, request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    request.log.info({
      method: request.method,
      route,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      station: request.stationId,
    });
  });
  // Stations are counted once it is known which one asks.
  if (name !== 'api')
    limitRequests(
      server,
      'address',
      bank.limits.address,
      () => {
        bank.metrics.limited(name);
      },
      refuse,
    );
  server.setNotFoundHandler((request, reply) => refuse(request, reply, fail('unknown-call').fault));
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    if (typeof error.statusCode === 'number' && error.statusCode < 500) {
      request.log.info({ reason: error.code }, 'malformed');
      return refuse(request, reply, fail('request-malformed', { reason: error.code }).fault);
    }
    const stored = storeFault(error);
    // Nothing was done, and the next try may find the database free.
    if (stored?.fault.code === 'database-locked') {
      request.log.warn({ code: error.code }, 'busy');
      return refuse(request, reply, fail('bank-busy').fault);
    }
    // Name and stack, not the message: a message may quote what it could not read.
    request.log.error({ error: error.name, code: error.code, stack: framesOf(error) }, 'failed');
    const data: FaultData = stored ? { reason: stored.fault.code } : {};
    return refuse(request, reply, fail('bank-internal-error', data).fault);
  });
  return server;
};

/** What a running server may be given anew with `setSecureContext`. */
export const secureContextOf = ({ key, cert, clientCa, minVersion }: ServerTls): SecureContextOptions => ({
  key,
  cert,
  minVersion: minVersion ?? 'TLSv1.3',
  ...(minVersion === 'TLSv1.2' && olderPeers),
  ...(clientCa !== undefined && { ca: clientCa }),
});

/** RFC 9325, 4.2. A resumed session would share its Finished with the one before. */
const olderPeers: SecureContextOptions = {
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_TICKET,
};

const framesOf = (error: Error): string =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .join('\n');

import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import fastify, { LogController, type FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions, TlsOptions } from 'node:tls';
import { stopGracefully } from '../../graceful-stop/graceful-stop.ts';
import { faultTable, fail, type FaultCode } from '../../shared/result/index.ts';
import type { OperatorDesk } from './operator-desk.ts';
import { serveOperators } from './serve-operators.ts';

export interface OperatorGateway {
  readonly origin: string;
  close(): Promise<void>;
}

export interface GatewayOptions {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

/** A server of its own for operators: TLS 1.3, a client certificate that some agreement names. */
export const openOperatorGateway = async (
  desk: OperatorDesk,
  options: GatewayOptions,
): Promise<OperatorGateway> => {
  const https: SecureContextOptions & TlsOptions = {
    key: options.key,
    cert: options.certificate,
    minVersion: 'TLSv1.3',
    requestCert: true,
    // The agreements name certificates, not authorities; whoever has none of them is refused at the routes.
    rejectUnauthorized: false,
  };
  const server = fastify({
    https,
    loggerInstance: desk.log.child({ server: 'operators' }),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance; // the same server; its type only remembers that it speaks TLS
  stopGracefully(server);
  const refuse: Parameters<typeof serveOperators>[2] = (request, reply, fault) => {
    const status = statuses[fault.code] ?? (faultTable[fault.code].blame === 'bug' ? 500 : 422);
    return reply
      .code(status)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: `urn:cardwright:fault:${fault.code}`,
          title: STATUS_CODES[status] ?? 'Error',
          status,
          fault,
          requestId: request.id,
        }),
      );
  };
  server.setNotFoundHandler((request, reply) => refuse(request, reply, fail('unknown-call').fault));
  server.setErrorHandler<Error & { statusCode?: number; code?: string }>((error, request, reply) => {
    if (error.statusCode !== undefined && error.statusCode < 500)
      return refuse(request, reply, fail('request-malformed').fault);
    // Name and place only: a message may quote what it could not read.
    request.log.error({ error: error.name, code: error.code }, 'failed');
    return refuse(request, reply, fail('bank-internal-error').fault);
  });
  serveOperators(server, desk, refuse);
  await server.listen({ host: options.host, port: options.port });
  const { port } = server.server.address() as AddressInfo; // it listens on TCP
  return { origin: `https://${options.host}:${port}`, close: () => server.close() };
};

const statuses: Partial<Record<FaultCode, number>> = {
  'request-malformed': 400,
  'unknown-call': 404,
  'operator-unknown': 403,
  'bank-busy': 503,
  'bank-internal-error': 500,
};

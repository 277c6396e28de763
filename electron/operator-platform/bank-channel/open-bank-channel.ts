import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import { TLSSocket, type SecureContextOptions, type TlsOptions } from 'node:tls';
import fastify, {
  LogController,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { stopGracefully } from '../../graceful-stop/graceful-stop.ts';
import { keyMessagePath } from '../../shared/operator-api/index.ts';
import { fail, faultTable, ok, type Fault, type Result } from '../../shared/result/index.ts';
import { receiveKeyMessage } from '../keys/receive-key-message.ts';
import type { Operator } from '../operator.ts';

export interface ServerIdentity {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
}

/** The server that takes key messages from banks: TLS 1.3 and the client certificate of a partner bank. */
export const openBankChannel = (operator: Operator, identity: ServerIdentity): FastifyInstance => {
  const https: SecureContextOptions & TlsOptions = {
    key: identity.key,
    cert: identity.certificate,
    minVersion: 'TLSv1.3',
    requestCert: true,
    // Agreements name certificates, not authorities; whoever has none of them is refused at the route.
    rejectUnauthorized: false,
  };
  const server = fastify({
    https,
    loggerInstance: operator.log.child({ server: 'bank-channel' }),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance; // the same server; its type only remembers that it speaks TLS
  stopGracefully(server);
  server.setNotFoundHandler((request, reply) => refuse(request, reply, fail('unknown-call').fault));
  server.setErrorHandler<Error & { statusCode?: number; code?: string }>((error, request, reply) => {
    if (error.statusCode !== undefined && error.statusCode < 500)
      return refuse(request, reply, fail('request-malformed').fault);
    // Name and place only: a message may quote what it could not read.
    request.log.error({ error: error.name, code: error.code }, 'failed');
    return refuse(request, reply, fail('internal-error').fault);
  });
  server.post(keyMessagePath, async (request, reply) => {
    const bank = bankOf(operator, request);
    const result = bank.ok ? await receiveKeyMessage(operator, bank.value, request.body) : bank;
    if (result.ok) return reply.send(result.value);
    request.log.warn({ fault: result.fault.code, reason: result.fault.data.reason }, 'refused');
    return refuse(request, reply, result.fault);
  });
  return server;
};

/** Which bank is speaking, by the certificate whose key TLS has checked. Fault: operator-unknown. */
const bankOf = (operator: Operator, request: FastifyRequest): Result<string> => {
  const { socket } = request.raw;
  if (!(socket instanceof TLSSocket)) return fail('operator-unknown');
  // Without a certificate it is an empty object.
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
  if (raw === undefined) return fail('operator-unknown');
  const now = operator.clock();
  const certificate = new X509Certificate(raw);
  if (now < certificate.validFromDate || now > certificate.validToDate) return fail('operator-unknown');
  const sha256 = createHash('sha256').update(raw).digest('hex');
  const bank = [...operator.banks.values()].find((each) => each.clientSha256 === sha256);
  return bank ? ok(bank.bankId) : fail('operator-unknown');
};

const refuse = (request: FastifyRequest, reply: FastifyReply, fault: Fault): FastifyReply => {
  const status = fault.code === 'operator-unknown' ? 403 : faultTable[fault.code].blame === 'bug' ? 400 : 422;
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

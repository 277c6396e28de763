import { createHash, X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { registrationPath, transactionPath } from '../../shared/operator-api/index.ts';
import { fail, ok, type Fault, type Result } from '../../shared/result/index.ts';
import type { OperatorDesk } from './operator-desk.ts';
import { receiveTransaction } from './receive-transaction.ts';
import { registerSubscriber } from './register-subscriber.ts';

/**
 * The routes for operators, on a server that asks for client certificates: each operator has one, written
 * down in the agreement (`admitOperator`). `refuse` writes a problem+json.
 */
export const serveOperators = (
  server: FastifyInstance,
  desk: OperatorDesk,
  refuse: (request: FastifyRequest, reply: FastifyReply, fault: Fault) => FastifyReply,
): void => {
  const route = (
    path: string,
    receive: (desk: OperatorDesk, operatorId: string, body: unknown) => Promise<Result<unknown>>,
  ): void => {
    server.post(path, async (request, reply) => {
      const operator = await operatorOf(desk, request);
      const result = operator.ok ? await receive(desk, operator.value, request.body) : operator;
      if (result.ok) return reply.send(result.value);
      request.log.warn({ fault: result.fault.code, reason: result.fault.data.reason }, 'refused');
      return refuse(request, reply, result.fault);
    });
  };
  route(registrationPath, registerSubscriber);
  route(transactionPath, receiveTransaction);
};

/** Who is speaking, by the certificate of this connection, whose key TLS has checked. Fault: operator-unknown. */
const operatorOf = async (desk: OperatorDesk, request: FastifyRequest): Promise<Result<string>> => {
  const { socket } = request.raw;
  if (!(socket instanceof TLSSocket)) return fail('operator-unknown');
  // Without a certificate it is an empty object.
  const { raw } = socket.getPeerCertificate() as { raw?: Buffer };
  if (raw === undefined) return fail('operator-unknown');
  const now = desk.clock();
  const certificate = new X509Certificate(raw);
  if (now < certificate.validFromDate || now > certificate.validToDate) return fail('operator-unknown');
  const row = await desk.db
    .selectFrom('operators')
    .select('operator_id')
    .where('certificate_sha256', '=', createHash('sha256').update(raw).digest('hex'))
    .executeTakeFirst();
  return row ? ok(row.operator_id) : fail('operator-unknown');
};

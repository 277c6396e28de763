import { STATUS_CODES } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Problem } from '../../shared/bank-api/index.ts';
import { faultTable, type Fault, type FaultCode } from '../../shared/result/index.ts';

const statuses: Partial<Record<FaultCode, number>> = {
  'request-malformed': 400,
  'bad-input': 400,
  'unknown-call': 404,
  'bank-refused-station': 403,
  'customer-unknown': 404,
  'account-unknown': 404,
  'card-unknown': 404,
  'certificate-unknown': 404,
  'challenge-unknown': 404,
  'account-pin-wrong': 403,
  'account-pin-blocked': 403,
  'customer-blocked': 403,
  'customer-has-active-card': 409,
  'card-state-conflict': 409,
  'release-waits': 409,
  'card-not-quarantined': 409,
  'second-officer-needed': 403,
  'officer-signature-needed': 403,
  'first-manager-code-refused': 403,
  'manager-code-refused': 403,
  'officer-signature-refused': 403,
  'applet-refused': 403,
  'card-command-refused': 403,
  'officer-card-unknown': 404,
  'officer-card-in-use': 409,
  'not-allowed': 403,
  'medium-already-registered': 409,
  'idempotency-conflict': 409,
  'csr-refused': 400,
  'bank-busy': 503,
  'core-banking-unavailable': 503,
  'bank-internal-error': 500,
};

/** HTTP status of a fault; 422 where the request was understood and refused. */
export const statusOf = ({ code, data }: Fault): number =>
  // RFC 6585, 4: it is this caller who asks too often
  data.reason === 'rate-limit' ? 429 : (statuses[code] ?? (faultTable[code].blame === 'bug' ? 500 : 422));

/** RFC 9457. Only the fault leaves the house; what caused it stays in the log under the same request id. */
export const sendProblem = (
  reply: FastifyReply,
  fault: Fault,
  requestId: string,
  status = statusOf(fault),
): FastifyReply => {
  const problem: Problem = {
    type: `urn:cardwright:fault:${fault.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    fault,
    requestId,
  };
  return reply.code(status).type('application/problem+json').send(JSON.stringify(problem));
};

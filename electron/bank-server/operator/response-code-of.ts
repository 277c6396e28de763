import type { ResponseCode } from '../../shared/operator-api/index.ts';
import type { Fault, FaultCode } from '../../shared/result/index.ts';

/** The network's standard wording for what went wrong here; 96 for what the customer can do nothing about. */
export const responseCodeOf = (fault: Fault): ResponseCode => codes[fault.code] ?? '96';

const codes: Partial<Record<FaultCode, ResponseCode>> = {
  'bad-input': '13',
  'account-unknown': '14',
  'account-closed': '62',
  'account-pin-wrong': '55',
  'account-pin-blocked': '75',
  'customer-blocked': '62',
  'insufficient-funds': '51',
  'transfer-limit-exceeded': '61',
  'transfer-not-possible': '12',
  'idempotency-conflict': '94',
};

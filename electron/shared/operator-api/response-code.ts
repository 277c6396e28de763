import { z } from 'zod';

/**
 * Answers in the network's standard wording: field 39 of ISO 8583, with the meanings that bank-card
 * networks give them. Only the code travels; the words are the operator platform's.
 */
export const responseCode = z.enum([
  '00', // approved
  '12', // invalid transaction
  '13', // invalid amount
  '14', // no such account
  '25', // not registered
  '30', // format error
  '51', // insufficient funds
  '55', // wrong password
  '57', // not permitted to this customer
  '61', // exceeds the amount limit
  '62', // restricted account
  '65', // exceeds the frequency limit
  '68', // answer too late
  '75', // password tries exceeded
  '91', // bank not available
  '94', // duplicate
  '96', // system error
]);
export type ResponseCode = z.infer<typeof responseCode>;

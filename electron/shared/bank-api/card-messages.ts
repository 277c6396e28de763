import { z } from 'zod';
import { chainAnswer, chainChallenge } from '../codec/otp-chain/chain-schemas.ts';
import { signedHead } from './login-assertion.ts';

/*
 * What an unlocked phone client says to the portal beside the login, each message a LoginAssertion with
 * another payload, sent as text so that no browser asks for permission first:
 *
 *   client ── ask ──▶ bank          what is waiting for this card, and a challenge of its chain (S1, 1 to 3)
 *          ◀── order, challenge ──
 *          ── confirmation ──▶      signature (and second OTP) over exactly what was shown (S1, claim 6)
 *          ◀── booked, receipt ──
 */

export const askPath = '/card/ask';
export const confirmPath = '/card/confirm';

export const askPayload = signedHead.extend({
  type: z.literal('cardwright-ask'),
  /** An order whose answer was lost. */
  about: z.string().max(64).optional(),
});
export type AskPayload = z.infer<typeof askPayload>;

/** A transfer that waits for its customer; account numbers without spaces, amount in the smallest unit. */
export const transferOrder = z.object({
  orderId: z.string(),
  payer: z.string(),
  payee: z.string(),
  payeeName: z.string(),
  amount: z.number().int(),
  currency: z.string(),
  memo: z.string(),
});
export type TransferOrder = z.infer<typeof transferOrder>;

/** waiting → booked | refused (by the customer, or by the ledger) | expired */
export const orderState = z.enum(['waiting', 'booked', 'refused', 'expired']);
export type OrderState = z.infer<typeof orderState>;

export const orderOutcome = z.object({
  orderId: z.string(),
  state: orderState,
  receiptNumber: z.string().optional(),
});
export type OrderOutcome = z.infer<typeof orderOutcome>;

export const askReply = z.object({
  order: transferOrder.optional(),
  about: orderOutcome.optional(),
  /** Over `transferText` of the order, or '' when none waits. Absent: this card has no chain. */
  challenge: chainChallenge.optional(),
});
export type AskReply = z.infer<typeof askReply>;

export const confirmationPayload = signedHead.extend({
  type: z.literal('cardwright-confirmation'),
  orderId: z.string().max(64),
  decision: z.enum(['confirm', 'refuse']),
  /** `transferText` of what was shown. */
  text: z.string().max(2000),
  otp: chainAnswer.optional(),
});
export type ConfirmationPayload = z.infer<typeof confirmationPayload>;

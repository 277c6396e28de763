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
 *
 * At a bank that signs phones in with a random number (S4) the answer to the first holds an invitation:
 *
 *   client ── name, password ──▶ bank          (104)
 *          ◀── random number ──                (105)
 *          ── the card's answer ──▶            (106) again from 105, or the arrival that opens the bank's page
 */

export const askPath = '/card/ask';
export const confirmPath = '/card/confirm';

export const signOnPath = '/card/sign-on';
export const answerPath = '/card/answer';
/** The form field and path of the top-level POST that leads from the client to the bank's page. */
export const arrivePath = '/login/arrive';
export const arrivalField = 'arrival';

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
  /** The certificate is good, and name and password are wanted (S4). */
  signOn: z
    .object({
      loginId: z.string(),
      /** When this card signed in before: only its bank knows. ISO 8601, UTC; null: never. */
      previousLoginAt: z.string().nullable(),
    })
    .optional(),
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

const loginId = z.string().min(16).max(64);

/** S4, 104; JSON in a text, as all messages of the client. */
export const signOnRequest = z.object({
  loginId,
  loginName: z.string().max(80),
  password: z.string().min(1).max(256),
});
export type SignOnRequest = z.infer<typeof signOnRequest>;

/** 105: `loginMessage` over `random` (base64) is what the card signs. */
export const randomReply = z.object({ loginId: z.string(), random: z.string() });
export type RandomReply = z.infer<typeof randomReply>;

/** 106; the signature base64url, in the form of a LoginAssertion's. */
export const signOnAnswer = z.object({ loginId, answer: z.string().min(1).max(700) });
export type SignOnAnswer = z.infer<typeof signOnAnswer>;

/** 110, or again from 105. */
export const signOnReply = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('signed-in'), arrival: z.string() }),
  randomReply.extend({ outcome: z.literal('again'), triesLeft: z.number().int() }),
]);
export type SignOnReply = z.infer<typeof signOnReply>;

import { z } from 'zod';
import { sealedBoxSchema } from '../codec/operator-keys/index.ts';
import { responseCode } from './response-code.ts';

/*
 * What bank and operator platform say to each other (S3), as JSON over TLS 1.3 with client certificates on
 * both sides. Failures of the messages themselves are `application/problem+json`; what the customer is
 * told is inside the sealed answer.
 */

const partner = z.string().min(1).max(64);
const hex64 = z.string().regex(/^[0-9a-f]{64}$/);

/** Bank → operator, POST `keyMessagePath`: a seed (twice), then the encryption-control key. */
export const keyMessagePath = '/bank-channel/v1/key-messages';
export const keyMessage = z.object({
  version: z.literal(1),
  bankId: partner,
  operatorId: partner,
  epoch: z.number().int().positive(),
  kind: z.enum(['seed-1', 'seed-2', 'control-key']),
  /** Which key it is wrapped under: 0 the static key, else the working key of this epoch. */
  under: z.number().int().nonnegative(),
  box: sealedBoxSchema,
  /** With the control key: the bank's check value of the working key. */
  workingCheck: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
});
export type KeyMessage = z.infer<typeof keyMessage>;

/** The operator has it on its disk; `proof` once it has the control key. */
export const keyMessageReply = z.object({ received: z.literal(true), proof: hex64.optional() });
export type KeyMessageReply = z.infer<typeof keyMessageReply>;

/** Operator → bank, POST `registrationPath`: the initial authentication information under the static key. */
export const registrationPath = '/operator/v1/registrations';
export const registrationMessage = z.object({
  version: z.literal(1),
  bankId: partner,
  operatorId: partner,
  box: sealedBoxSchema,
});
export type RegistrationMessage = z.infer<typeof registrationMessage>;

/** Sealed under the static key, bound to the serial it answers. */
export const registrationReply = z.object({ box: sealedBoxSchema });
export const registrationOutcome = z.object({ serial: z.number().int(), code: responseCode });
export type RegistrationOutcome = z.infer<typeof registrationOutcome>;

/** Operator → bank, POST `transactionPath`: one sealed message of a transaction, answered by one. */
export const transactionPath = '/operator/v1/transactions';

const account = z.string().regex(/^[0-9]{10,24}$/);
const subscriber = {
  imsi: z.string().regex(/^[0-9]{14,15}$/),
  phoneNumber: z.string().regex(/^\+[0-9]{6,15}$/),
};

/** Inside an envelope to the bank. */
export const transferRequest = z.object({
  ...subscriber,
  step: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('payee'), payeeAccount: account }),
    /** The password is beside it, under the PIN key. */
    z.object({ kind: z.literal('payer'), payerAccount: account }),
    z.object({
      kind: z.literal('amount'),
      amount: z.number().int().positive(),
      currency: z.string().length(3),
    }),
    /** `order` is what the bank called the order that the customer saw. */
    z.object({ kind: z.literal('confirm'), order: hex64 }),
    z.object({ kind: z.literal('cancel') }),
  ]),
});
export type TransferRequest = z.infer<typeof transferRequest>;

/** Inside an envelope to the operator. */
export const transferReply = z.object({
  ...subscriber,
  step: z.discriminatedUnion('kind', [
    /** For checking: only the last character of the payee's name. */
    z.object({ kind: z.literal('payee'), lastCharacter: z.string().min(1).max(4) }),
    z.object({ kind: z.literal('payer'), currency: z.string().length(3) }),
    z.object({
      kind: z.literal('amount'),
      amount: z.number().int(),
      fee: z.number().int(),
      currency: z.string().length(3),
      order: hex64,
    }),
    z.object({
      kind: z.literal('done'),
      receiptNumber: z.string(),
      amount: z.number().int(),
      currency: z.string().length(3),
      bookedAt: z.string(),
    }),
    z.object({ kind: z.literal('cancelled') }),
    /** Not done. `ended`: the dialogue is over; otherwise the same step may be tried again. */
    z.object({
      kind: z.literal('refused'),
      code: responseCode,
      ended: z.boolean(),
      triesLeft: z.number().int().nonnegative().optional(),
    }),
  ]),
});
export type TransferReply = z.infer<typeof transferReply>;

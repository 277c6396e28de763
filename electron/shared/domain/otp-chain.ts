import { z } from 'zod';

/** Why a card's one-time passwords begin anew. */
export const chainMoveReason = z.enum(['other-phone', 'false-alarm']);
export type ChainMoveReason = z.infer<typeof chainMoveReason>;

/**
 * How a card's chain of one-time passwords (S1) stands at the bank. `forked`: two media went on with it and it
 * answers nothing. `waiting`: a new one was begun and is not in force yet.
 */
export const otpChainView = z.object({
  state: z.enum(['good', 'forked', 'waiting']),
  /** Of the chain in force: 1 from issuance on, one more for each that was begun anew. */
  epoch: z.number().int(),
});
export type OtpChainView = z.infer<typeof otpChainView>;

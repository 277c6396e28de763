import { z } from 'zod';

// Apart from what works with them: a phone client brings no schema library.

/** Bank → medium. All of it is vouched for by `tag`. */
export const chainChallenge = z.object({
  chainId: z.string().min(1).max(100),
  /** Counts the bank's challenges of this chain from 1; never used twice. */
  serial: z.number().int().positive(),
  /** Serial of the challenge whose OTP the bank accepted last; 0 before the first. */
  accepted: z.number().int().nonnegative(),
  /** 16 random bytes, hex. */
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  /** What is confirmed with this OTP, in the words shown to the customer; '' for a login. */
  text: z.string().max(2000),
  /** HMAC-SHA256 under the bank key over a digest of all the above, hex. */
  tag: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ChainChallenge = z.infer<typeof chainChallenge>;

/** Medium → bank. */
export const chainAnswer = z.object({
  chainId: z.string().min(1).max(100),
  serial: z.number().int().positive(),
  otp: z.string().regex(/^[0-9]{8}$/),
  /** The medium found that another one went on with its chain. */
  alarm: z.boolean(),
});
export type ChainAnswer = z.infer<typeof chainAnswer>;

const link = z.object({ serial: z.number().int().nonnegative(), value: z.string() });

/** The medium's side of a chain, without its keys. It holds OTPs, so it is kept where the keys are kept. */
export const mediumChain = z.object({
  chainId: z.string(),
  /** The last link that the bank is known to have. */
  confirmed: link,
  /** The link of an answer that was given, of which the bank has not been heard since. */
  pending: link.optional(),
  /** Serial of the newest challenge seen; older ones are not answered any more. */
  seen: z.number().int().nonnegative(),
});
export type MediumChain = z.infer<typeof mediumChain>;

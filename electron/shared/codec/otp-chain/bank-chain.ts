import { z } from 'zod';
import { fail, ok, type Result } from '../../result/index.ts';
import { equalBytesConstantTime, utf8 } from '../bytes.ts';
import type { ChainKeys } from './chain-keys.ts';
import { chainOtp, vouch } from './chain-message.ts';
import type { ChainAnswer, ChainChallenge } from './chain-schemas.ts';
import type { Hmac } from '../hkdf/index.ts';

/** The bank's side of a chain, without its keys: one row of the database. Times are seconds since 1970. */
export const bankChain = z.object({
  chainId: z.string(),
  /** Serial of the newest challenge given out; 0 before the first. */
  issued: z.number().int().nonnegative(),
  /** The last OTP accepted, by the serial of its challenge: the next one is computed from it. */
  accepted: z.object({ serial: z.number().int().nonnegative(), link: z.string() }),
  /** The one challenge that may be answered, once. */
  open: z
    .object({ serial: z.number().int(), nonce: z.string(), text: z.string(), expiresAt: z.number() })
    .optional(),
  /** Links before the accepted one, newest first: an OTP from one of them comes from a copy of the medium. */
  retired: z.array(z.string()),
  /** Wrong answers since the last right one. */
  failures: z.number().int().nonnegative(),
  suspended: z.boolean(),
});
export type BankChain = z.infer<typeof bankChain>;

export const newBankChain = (chainId: string, keys: ChainKeys): BankChain => ({
  chainId,
  issued: 0,
  accepted: { serial: 0, link: keys.firstLink },
  retired: [],
  failures: 0,
  suspended: false,
});

export interface ChallengeOrder {
  /** 16 fresh random bytes, hex. */
  readonly nonce: string;
  /** What the customer confirms with it; '' for a login. */
  readonly text: string;
  readonly expiresAt: number;
}

/**
 * Gives out a challenge; the one before it is void from now on. The chain returned is to be on the disk
 * before the challenge leaves. Fault: registration-inactive when the chain is suspended.
 */
export const openChallenge = async (
  hmac: Hmac,
  keys: ChainKeys,
  chain: BankChain,
  order: ChallengeOrder,
): Promise<Result<{ readonly chain: BankChain; readonly challenge: ChainChallenge }>> => {
  if (chain.suspended) return fail('registration-inactive', { state: 'suspended' });
  const serial = chain.issued + 1;
  const { nonce, text, expiresAt } = order;
  return ok({
    chain: { ...chain, issued: serial, open: { serial, nonce, text, expiresAt } },
    challenge: await vouch(hmac, keys, {
      chainId: chain.chainId,
      serial,
      accepted: chain.accepted.serial,
      nonce,
      text,
    }),
  });
};

/**
 * accepted: the chain moved on by one link. stale: not the open challenge, or too late; nothing was tried.
 * wrong: counted. forked: two media continue this chain; it is suspended now.
 */
export type ChainOutcome = 'accepted' | 'stale' | 'wrong' | 'forked' | 'suspended';

/**
 * Checks an answer. A challenge is used up by the first answer to it, right or wrong: nobody tries twice.
 * The chain returned is to be on the disk before anything that the outcome allows happens; if the reply is
 * then lost, the next challenge says so (`accepted`) and the medium confirms its pending link.
 */
export const checkAnswer = async (
  hmac: Hmac,
  keys: ChainKeys,
  chain: BankChain,
  answer: ChainAnswer,
  now: number,
): Promise<{ readonly chain: BankChain; readonly outcome: ChainOutcome }> => {
  const { open, ...closed } = chain;
  if (chain.suspended) return { chain, outcome: 'suspended' };
  if (open?.serial !== answer.serial || chain.chainId !== answer.chainId || now >= open.expiresAt)
    return { chain, outcome: 'stale' };
  const challenge = { chainId: chain.chainId, accepted: chain.accepted.serial, ...open };
  const follows = async (link: string): Promise<boolean> =>
    equalBytesConstantTime(utf8(await chainOtp(hmac, keys, challenge, link)), utf8(answer.otp));

  if (!answer.alarm && (await follows(chain.accepted.link))) {
    return {
      chain: {
        ...closed,
        accepted: { serial: open.serial, link: answer.otp },
        retired: [chain.accepted.link, ...chain.retired].slice(0, retiredLinks),
        failures: 0,
      },
      outcome: 'accepted',
    };
  }
  for (const link of answer.alarm ? [keys.alarmLink] : chain.retired) {
    if (await follows(link)) return { chain: { ...closed, suspended: true }, outcome: 'forked' };
  }
  return { chain: { ...closed, failures: chain.failures + 1 }, outcome: 'wrong' };
};

/** A copy that does not raise the alarm itself is noticed if it is at most this many logins behind. */
const retiredLinks = 16;

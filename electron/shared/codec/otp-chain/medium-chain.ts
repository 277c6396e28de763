import { fail, ok, type Result } from '../../result/index.ts';
import type { ChainKeys } from './chain-keys.ts';
import { chainOtp, isVouched } from './chain-message.ts';
import type { ChainAnswer, ChainChallenge, MediumChain } from './chain-schemas.ts';
import type { Hmac } from '../hkdf/index.ts';

export const newMediumChain = (chainId: string, keys: ChainKeys): MediumChain => ({
  chainId,
  confirmed: { serial: 0, value: keys.firstLink },
  seen: 0,
});

export interface Answered {
  /** To be on the medium, durably, before the answer leaves it. */
  readonly chain: MediumChain;
  readonly answer: ChainAnswer;
}

/** Who holds the keys of a chain: the program itself, or a card that computes with them. */
export interface ChainHolder {
  /** HMAC-SHA256 under the bank key. Faults: the holder's own. */
  tag(message: Uint8Array): Promise<Result<Uint8Array>>;
  /** OTP(n) for a challenge and OTP(n-1). Faults: the holder's own. */
  otp(challenge: ChainChallenge, link: string): Promise<Result<string>>;
  readonly alarmLink: string;
}

/**
 * Answers a challenge of the bank.
 *
 * ```
 *   bank says it accepted …   my confirmed link   my pending link   any other
 *   then                      drop pending        confirm pending   the chain was forked: alarm
 * ```
 * Faults: bank-untrusted (not the bank's challenge), challenge-unknown (another chain's, or an old one).
 */
export const answerChallenge = (
  hmac: Hmac,
  keys: ChainKeys,
  chain: MediumChain,
  challenge: ChainChallenge,
): Promise<Result<Answered>> =>
  answerWith(
    hmac,
    {
      tag: async (message) => ok(await hmac('sha256', keys.bank, message)),
      otp: async (asked, link) => ok(await chainOtp(hmac, keys, asked, link)),
      alarmLink: keys.alarmLink,
    },
    chain,
    challenge,
  );

/** The same for whoever holds the keys. Faults besides: the holder's. */
export const answerWith = async (
  hmac: Hmac,
  holder: ChainHolder,
  chain: MediumChain,
  challenge: ChainChallenge,
): Promise<Result<Answered>> => {
  const vouched = await isVouched(hmac, (message) => holder.tag(message), challenge);
  if (!vouched.ok) return vouched;
  if (!vouched.value) return fail('bank-untrusted');
  // An old challenge tells of an old state of the bank: believing it would drop the link that the bank has.
  if (challenge.chainId !== chain.chainId || challenge.serial <= chain.seen) return fail('challenge-unknown');
  const { confirmed, pending, chainId } = chain;
  const from = [confirmed, pending].find((each) => each?.serial === challenge.accepted);
  if (from === undefined) {
    const otp = await holder.otp(challenge, holder.alarmLink);
    if (!otp.ok) return otp;
    return ok({
      chain: { ...chain, seen: challenge.serial },
      answer: { chainId, serial: challenge.serial, otp: otp.value, alarm: true },
    });
  }
  const otp = await holder.otp(challenge, from.value);
  if (!otp.ok) return otp;
  return ok({
    chain: {
      chainId,
      confirmed: from,
      pending: { serial: challenge.serial, value: otp.value },
      seen: challenge.serial,
    },
    answer: { chainId, serial: challenge.serial, otp: otp.value, alarm: false },
  });
};

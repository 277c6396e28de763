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

/**
 * Answers a challenge of the bank.
 *
 * ```
 *   bank says it accepted …   my confirmed link   my pending link   any other
 *   then                      drop pending        confirm pending   the chain was forked: alarm
 * ```
 * Faults: bank-untrusted (not the bank's challenge), challenge-unknown (another chain's, or an old one).
 */
export const answerChallenge = async (
  hmac: Hmac,
  keys: ChainKeys,
  chain: MediumChain,
  challenge: ChainChallenge,
): Promise<Result<Answered>> => {
  if (!(await isVouched(hmac, keys, challenge))) return fail('bank-untrusted');
  // An old challenge tells of an old state of the bank: believing it would drop the link that the bank has.
  if (challenge.chainId !== chain.chainId || challenge.serial <= chain.seen) return fail('challenge-unknown');
  const { confirmed, pending, chainId } = chain;
  const from = [confirmed, pending].find((each) => each?.serial === challenge.accepted);
  if (from === undefined) {
    const otp = await chainOtp(hmac, keys, challenge, keys.alarmLink);
    return ok({
      chain: { ...chain, seen: challenge.serial },
      answer: { chainId, serial: challenge.serial, otp, alarm: true },
    });
  }
  const otp = await chainOtp(hmac, keys, challenge, from.value);
  return ok({
    chain: {
      chainId,
      confirmed: from,
      pending: { serial: challenge.serial, value: otp },
      seen: challenge.serial,
    },
    answer: { chainId, serial: challenge.serial, otp, alarm: false },
  });
};

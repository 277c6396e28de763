import type { ChainChallenge } from './chain-schemas.ts';
import { equalBytesConstantTime, utf8 } from '../bytes.ts';
import { parseHex, toHex } from '../hex.ts';
import type { ChainKeys } from './chain-keys.ts';
import type { Hmac } from '../hkdf/index.ts';
import { ocra } from './ocra.ts';
import { parseOcraSuite } from './ocra-suite.ts';

/** The bank's challenge with its tag. */
export const vouch = async (
  hmac: Hmac,
  keys: ChainKeys,
  challenge: Omit<ChainChallenge, 'tag'>,
): Promise<ChainChallenge> => ({
  ...challenge,
  tag: toHex(await hmac('sha256', keys.bank, taggedBytes(challenge))),
});

/** Is this challenge the bank's own? */
export const isVouched = async (hmac: Hmac, keys: ChainKeys, challenge: ChainChallenge): Promise<boolean> => {
  const tag = parseHex(challenge.tag);
  return tag.ok && equalBytesConstantTime(tag.value, await hmac('sha256', keys.bank, taggedBytes(challenge)));
};

/** OTP(n): OCRA over challenge(n), with OTP(n-1) as session information. */
export const chainOtp = async (
  hmac: Hmac,
  keys: ChainKeys,
  challenge: Omit<ChainChallenge, 'tag'>,
  link: string,
): Promise<string> => {
  // The nonce is the key, so that the text cannot be chosen to hit another question.
  const question = await hmac('sha256', utf8(challenge.nonce), taggedBytes(challenge));
  const otp = await ocra(hmac, suite, keys.otp, {
    question: toHex(question.slice(0, 16)),
    session: utf8(link),
  });
  if (!otp.ok) throw new Error('The chain asked OCRA for something its suite does not have');
  return otp.value;
};

/** Public: the one suite of every chain. A link is OTP(n-1), or 64 hex digits before the first. */
export const chainSuite = 'OCRA-1:HOTP-SHA256-8:QH32-S064';

const suite = (() => {
  const parsed = parseOcraSuite(chainSuite);
  if (!parsed.ok) throw new Error('chainSuite is no OCRASuite');
  return parsed.value;
})();

/** JSON of an array is unambiguous: every text is quoted. */
const taggedBytes = (challenge: Omit<ChainChallenge, 'tag'>): Uint8Array =>
  utf8(
    JSON.stringify([
      'cardwright/otp-chain/v1',
      challenge.chainId,
      challenge.serial,
      challenge.accepted,
      challenge.nonce,
      challenge.text,
    ]),
  );

import type { ChainChallenge } from './chain-schemas.ts';
import { equalBytesConstantTime, utf8 } from '../bytes.ts';
import { parseHex, toHex } from '../hex.ts';
import { ok, type Result } from '../../result/index.ts';
import type { ChainKeys } from './chain-keys.ts';
import type { Hmac } from '../hkdf/index.ts';
import { ocra, ocraDataInput, type OcraInput } from './ocra.ts';
import { parseOcraSuite } from './ocra-suite.ts';

/** The bank's challenge with its tag. */
export const vouch = async (
  hmac: Hmac,
  keys: ChainKeys,
  challenge: Omit<ChainChallenge, 'tag'>,
): Promise<ChainChallenge> => ({
  ...challenge,
  tag: toHex(await hmac('sha256', keys.bank, await digestOf(hmac, challenge))),
});

/** Is this challenge the bank's own? `tagOf`: HMAC-SHA256 under the bank key, of whoever holds that. */
export const isVouched = async (
  hmac: Hmac,
  tagOf: (message: Uint8Array) => Promise<Result<Uint8Array>>,
  challenge: ChainChallenge,
): Promise<Result<boolean>> => {
  const own = await tagOf(await digestOf(hmac, challenge));
  if (!own.ok) return own;
  const given = parseHex(challenge.tag);
  return ok(given.ok && equalBytesConstantTime(given.value, own.value));
};

/** OTP(n): OCRA over challenge(n), with OTP(n-1) as session information. */
export const chainOtp = async (
  hmac: Hmac,
  keys: ChainKeys,
  challenge: Omit<ChainChallenge, 'tag'>,
  link: string,
): Promise<string> => {
  const otp = await ocra(hmac, suite, keys.otp, await inputOf(hmac, challenge, link));
  if (!otp.ok) throw new Error('The chain asked OCRA for something its suite does not have');
  return otp.value;
};

/** The same before the key comes into it, 224 bytes: a card that holds the key hashes and truncates it. */
export const chainOtpInput = async (
  hmac: Hmac,
  challenge: Omit<ChainChallenge, 'tag'>,
  link: string,
): Promise<Uint8Array> => {
  const data = ocraDataInput(suite, await inputOf(hmac, challenge, link));
  if (!data.ok) throw new Error('The chain asked OCRA for something its suite does not have');
  return data.value;
};

const inputOf = async (
  hmac: Hmac,
  challenge: Omit<ChainChallenge, 'tag'>,
  link: string,
): Promise<OcraInput> => {
  const question = await digestOf(hmac, challenge);
  return { question: toHex(question.slice(0, 16)), session: utf8(link) };
};

/** Public: the one suite of every chain. A link is OTP(n-1), or 64 hex digits before the first. */
export const chainSuite = 'OCRA-1:HOTP-SHA256-8:QH32-S064';

const suite = (() => {
  const parsed = parseOcraSuite(chainSuite);
  if (!parsed.ok) throw new Error('chainSuite is no OCRASuite');
  return parsed.value;
})();

/**
 * All of a challenge in 32 bytes, which a card can take in one command. The nonce is the key, so that the text cannot
 * be chosen to hit another question.
 */
const digestOf = async (hmac: Hmac, challenge: Omit<ChainChallenge, 'tag'>): Promise<Uint8Array> =>
  hmac('sha256', utf8(challenge.nonce), taggedBytes(challenge));

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

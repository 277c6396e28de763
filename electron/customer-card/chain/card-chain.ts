import { createHmac } from 'node:crypto';
import type { Hmac } from '../../shared/codec/hkdf/index.ts';
import { toHex } from '../../shared/codec/index.ts';
import {
  alarmLinkLabel,
  answerWith,
  chainCredential,
  chainEpochsIn,
  chainOtpInput,
  encodeChainState,
  firstLinkLabel,
  isStateName,
  readChainState,
  type ChainAnswer,
  type ChainChallenge,
  type ChainHolder,
} from '../../shared/codec/otp-chain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { ApduPipe } from '../../../native/pipe/index.ts';
import { oath, type OathSession } from '../../../native/applications/oath/index.ts';

/** The card's chain of one-time passwords (S1): its keys are in the card's OATH application, and so is its state. */
export interface CardChain {
  /**
   * The one-time password for a challenge, its link kept on the card before it is given away. An alarm says to the
   * bank that the chain was continued by another card.
   * Faults: bank-untrusted (not the bank's challenge), challenge-unknown, those of the card.
   */
  answer(challenge: ChainChallenge): Promise<Result<ChainAnswer>>;
}

/** Selects the OATH application. `undefined`: this card has no chain for that registration. */
export const openCardChain = async (
  pipe: ApduPipe,
  cardId: string,
): Promise<Result<CardChain | undefined>> => {
  const session = await oath.open(pipe);
  if (!session.ok) return session.fault.code === 'card-unsupported' ? ok(undefined) : session;
  if (session.value.locked) return fail('card-unsupported', { what: 'oath-access-key' });
  const listed = await session.value.listCredentials();
  if (!listed.ok) return listed;
  const epochs = chainEpochsIn(
    listed.value.map(({ name }) => name),
    cardId,
  );
  if (epochs.length === 0) return ok(undefined);
  return ok({ answer: (challenge) => answerByNewest(session.value, cardId, epochs, challenge) });
};

/**
 * A card that was taken out while its chain began anew has two, and only the bank knows which is in force: it is the
 * one whose bank key made the challenge.
 */
const answerByNewest = async (
  card: OathSession,
  cardId: string,
  epochs: readonly number[],
  challenge: ChainChallenge,
): Promise<Result<ChainAnswer>> => {
  let answered: Result<ChainAnswer> = fail('bank-untrusted');
  for (const epoch of epochs) {
    answered = await answerOnCard(card, cardId, epoch, challenge);
    if (answered.ok || answered.fault.code !== 'bank-untrusted') return answered;
  }
  return answered;
};

const answerOnCard = async (
  card: OathSession,
  cardId: string,
  epoch: number,
  challenge: ChainChallenge,
): Promise<Result<ChainAnswer>> => {
  const names = chainCredential(cardId, epoch);
  const fixed = await fixedLinks(card, names.bank);
  if (!fixed.ok) return fixed;
  const { firstLink, alarmLink } = fixed.value;
  const listed = await card.listCredentials();
  if (!listed.ok) return listed;
  const holder: ChainHolder = {
    alarmLink,
    tag: (message) => card.calculate(names.bank, message),
    otp: async (asked, link) => card.calculateCode(names.otp, await chainOtpInput(hmac, asked, link)),
  };
  const before = listed.value.map(({ name }) => name).filter((name) => isStateName(name, cardId, epoch));
  const state = readChainState(before, cardId, firstLink, epoch) ?? {
    chainId: cardId,
    confirmed: { serial: 0, value: firstLink },
    seen: 0,
  };
  const answered = await answerWith(hmac, holder, state, challenge);
  if (!answered.ok) return answered;
  // The new one first: a card that is pulled in between has both, and the newer counts.
  const kept = await card.putNote(encodeChainState(answered.value.chain, firstLink, epoch));
  if (!kept.ok) return kept;
  for (const name of before) {
    const removed = await card.deleteCredential(name);
    if (!removed.ok) return removed;
  }
  return ok(answered.value.answer);
};

const fixedLinks = async (
  card: OathSession,
  bankCredential: string,
): Promise<Result<{ readonly firstLink: string; readonly alarmLink: string }>> => {
  const first = await card.calculate(bankCredential, firstLinkLabel);
  if (!first.ok) return first;
  const alarm = await card.calculate(bankCredential, alarmLinkLabel);
  return alarm.ok ? ok({ firstLink: toHex(first.value), alarmLink: toHex(alarm.value) }) : alarm;
};

/** For what needs no secret key. */
const hmac: Hmac = (algorithm, key, message) => createHmac(algorithm, key).update(message).digest();

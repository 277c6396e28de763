import { createHmac, randomBytes } from 'node:crypto';
import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { oathPut } from '../../shared/codec/index.ts';
import type { Hmac } from '../../shared/codec/hkdf/index.ts';
import {
  cardChainKeys,
  chainCredential,
  checkAnswer,
  checkLabel,
  checkValueOf,
  deriveChainKeys,
  FIRST_EPOCH,
  openChallenge,
  seedMaterial,
  type ChainAnswer,
  type ChainChallenge,
  type ChainKeys,
  type ChainOutcome,
  type ChainSeed,
} from '../../shared/codec/otp-chain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Actor, Bank } from '../bank.ts';
import type { ApiCall, Caller } from '../http/api-call.ts';
import { wrapSecrets } from '../key-service/secure-channels.ts';
import { readCardFile } from '../registry/card-record.ts';
import { suspendCopiedCard } from '../registry/hold-card.ts';
import type { BankTransaction } from '../store/store.ts';
import type { CardRow, OtpChainRow } from '../store/tables.ts';
import { LOGIN_TRIES, voidIfActive } from './check-login-password.ts';
import { sealChainSeed } from './seal-chain-seed.ts';
import { readChain, sealNewChain, writeChain } from './stored-chain.ts';

/*
 * The authentication server of S1. A chain lives in one row, keys and links sealed under a key that is not
 * in the database; every challenge and every answer is on the disk before it has a consequence.
 */

/** A customer reads payee and amount, and types a PIN, in this time. */
const CHALLENGE_SECONDS = 300;

/** A chain for a card whose certificate was just made; asked again, a fresh one takes its place. */
export const openOtpChain = async (
  bank: Bank,
  call: ApiCall<RouteReply<BankApi['openOtpChain']>>,
  cardId: string,
): Promise<Result<RouteReply<BankApi['openOtpChain']>>> => {
  const begun = await newSeed(bank, cardId);
  if (!begun.ok) return begun;
  // S4: this bank's phones answer a random number instead.
  if (bank.phoneLogin === 'random-number') return ok({});
  const { seed, secret, der } = begun.value;
  const sealed = await sealChainSeed(seed, der);
  if (sealed === undefined) return ok({});
  const keys = await deriveChainKeys(hmac, seedMaterial(seed, secret, der));
  const row = await newRow(bank, cardId, keys);
  return call.commit(async (tx) => {
    await replaceRow(tx, row);
    return ok({ seed: sealed.toString('base64') });
  });
};

/**
 * A chain whose keys the card itself will hold (card-chain.ts): they leave here in commands to its OATH application,
 * wrapped in a channel under the card's own keys. Asked again, a fresh chain takes its place.
 */
export const importOtpChain = async (
  bank: Bank,
  call: ApiCall<RouteReply<BankApi['importOtpChain']>>,
  cardId: string,
  { channelId }: RouteBody<BankApi['importOtpChain']>,
): Promise<Result<RouteReply<BankApi['importOtpChain']>>> => {
  const begun = await newSeed(bank, cardId);
  if (!begun.ok) return begun;
  const made = await makeCardChain(bank, call, { cardId, channelId, epoch: FIRST_EPOCH }, begun.value);
  if (!made.ok) return made;
  const { commands, checkValues, ...sealed } = made.value;
  return call.commit(async (tx) => {
    await replaceRow(tx, { card_id: cardId, version: 1, ...sealed });
    return ok({ commands, checkValues });
  });
};

type ImportedChain = RouteReply<BankApi['importOtpChain']> & {
  readonly keys: string;
  readonly state: string;
};

/** Keys of a chain that a card itself will hold: sealed for the database, and in commands for the card's channel. */
const makeCardChain = async (
  bank: Bank,
  call: Caller,
  { cardId, channelId, epoch }: { cardId: string; channelId: string; epoch: number },
  { seed, secret, der }: NewSeed,
): Promise<Result<ImportedChain>> => {
  const derived = await deriveChainKeys(hmac, seedMaterial(seed, secret, der));
  const keys = await cardChainKeys(hmac, derived);
  const names = chainCredential(cardId, epoch);
  const commands = [oathPut(names.otp, keys.otp), oathPut(names.bank, keys.bank)];
  const wrapped = await wrapSecrets(bank, call, channelId, seed.mediumIdentity, commands);
  if (!wrapped.ok) return wrapped;
  const checkValues = {
    otp: checkValueOf(await hmac('sha256', keys.otp, checkLabel)),
    bank: checkValueOf(await hmac('sha256', keys.bank, checkLabel)),
  };
  return ok({ commands: [...wrapped.value], checkValues, ...(await sealNewChain(bank, cardId, keys)) });
};

/** The next chain of a SIM or smart card, beside the one in force. Faults: those of the channel. */
export const makeNextCardChain = (
  bank: Bank,
  call: Caller,
  card: CardRow,
  { certificate, ...order }: { certificate: Buffer; channelId: string; epoch: number },
): Promise<Result<ImportedChain>> =>
  makeCardChain(bank, call, { cardId: card.card_id, ...order }, drawSeed(card, certificate));

/** For a card whose certificate was just made. Faults: certificate-unknown, card-state-conflict. */
const newSeed = async (bank: Bank, cardId: string): Promise<Result<NewSeed>> => {
  const file = await readCardFile(bank.store.db, cardId);
  if (!file.ok) return file;
  const { card, certificate } = file.value;
  if (certificate === undefined) return fail('certificate-unknown', { cardId });
  // Later the medium is sealed, and a new chain would lock its customer out.
  if (card.state !== 'certified') return fail('card-state-conflict', { cardId, state: card.state });
  return ok(drawSeed(card, Buffer.from(certificate.der, 'base64')));
};

interface NewSeed {
  readonly seed: ChainSeed;
  readonly secret: Buffer;
  readonly der: Buffer;
}

const drawSeed = (
  { customer_id: userId, medium_identity: mediumIdentity }: CardRow,
  der: Buffer,
): NewSeed => {
  const secret = randomBytes(32);
  return { secret, der, seed: { secret: secret.toString('base64'), userId, mediumIdentity } };
};

/** A fresh chain for a card, and its seed (base64) sealed to its key; undefined where that key cannot open one. */
export const makeChain = async (
  bank: Bank,
  card: CardRow,
  certificate: Buffer,
): Promise<{ readonly seed: string; readonly keys: string; readonly state: string } | undefined> => {
  const { seed, secret, der } = drawSeed(card, certificate);
  const sealed = await sealChainSeed(seed, der);
  if (sealed === undefined) return undefined;
  const keys = await deriveChainKeys(hmac, seedMaterial(seed, secret, der));
  return { seed: sealed.toString('base64'), ...(await sealNewChain(bank, card.card_id, keys)) };
};

const newRow = async (bank: Bank, cardId: string, keys: ChainKeys): Promise<OtpChainRow> => ({
  card_id: cardId,
  version: 1,
  ...(await sealNewChain(bank, cardId, keys)),
});

const replaceRow = async (tx: BankTransaction, row: OtpChainRow): Promise<void> => {
  await tx.deleteFrom('otp_chains').where('card_id', '=', row.card_id).execute();
  await tx.insertInto('otp_chains').values(row).execute();
};

/** S1 steps 2 and 3. @returns undefined for a card without a chain */
export const offerChallenge = (
  bank: Bank,
  cardId: string,
  text: string,
): Promise<Result<ChainChallenge | undefined>> =>
  bank.store.transaction(async (tx) => {
    const stored = await readChain(bank, tx, cardId);
    if (!stored.ok || stored.value === undefined) return stored.ok ? ok(undefined) : stored;
    const { keys, chain, version } = stored.value;
    const opened = await openChallenge(hmac, keys, chain, {
      nonce: randomBytes(16).toString('hex'),
      text,
      expiresAt: seconds(bank) + CHALLENGE_SECONDS,
    });
    if (!opened.ok) return opened;
    const written = await writeChain(bank, tx, opened.value.chain, version);
    return written.ok ? ok(opened.value.challenge) : written;
  });

/**
 * S1 steps 4 and 5: takes the one-time password of a card that has a chain. The tenth wrong one voids the
 * card; a fork suspends it.
 * Faults: challenge-unknown, otp-wrong {triesLeft}, registration-void, card-copied, registration-inactive.
 *
 * @param text what has to be confirmed with it; '' for a login
 */
export const takeOtp = async (
  bank: Bank,
  cardId: string,
  answer: ChainAnswer | undefined,
  text: string,
  requestId: string,
): Promise<Result<void>> => {
  // Wrong and forked are committed like a right one: only what is returned says which it was.
  const taken = await bank.store.transaction(
    async (tx): Promise<Result<{ outcome: ChainOutcome; failures: number } | undefined>> => {
      const stored = await readChain(bank, tx, cardId);
      if (!stored.ok) return stored;
      if (stored.value === undefined)
        return answer === undefined ? ok(undefined) : fail('challenge-unknown', { cardId });
      const { keys, chain, version } = stored.value;
      // An OTP for one purpose is none for another; nothing was tried.
      if (answer === undefined || (chain.open !== undefined && chain.open.text !== text))
        return fail('challenge-unknown', { cardId });
      const checked = await checkAnswer(hmac, keys, chain, answer, seconds(bank));
      const written = await writeChain(bank, tx, checked.chain, version);
      return written.ok ? ok({ outcome: checked.outcome, failures: checked.chain.failures }) : written;
    },
  );
  if (!taken.ok) return taken;
  if (taken.value === undefined || taken.value.outcome === 'accepted') return ok();
  const { outcome, failures } = taken.value;
  const actor: Actor = { stationId: 'portal', officerId: 'customer', requestId, at: bank.clock() };
  switch (outcome) {
    case 'stale':
      return fail('challenge-unknown', { cardId });
    case 'suspended':
      return fail('registration-inactive', { cardId, state: 'suspended' });
    case 'forked': {
      const suspended = await bank.store.transaction((tx) => suspendCopiedCard(tx, cardId, actor));
      if (!suspended.ok) return suspended;
      bank.log.warn({ cardId }, 'two media continue one chain: card suspended');
      return fail('card-copied', { cardId });
    }
    case 'wrong':
      if (failures < LOGIN_TRIES) return fail('otp-wrong', { cardId, triesLeft: LOGIN_TRIES - failures });
      await voidIfActive(bank, cardId, actor);
      return fail('registration-void', { cardId });
  }
};

/**
 * Whether a card may log in by its key and the login password, without a one-time password. A key that can be copied
 * with its medium may not where there is a chain; one that never leaves its card may: TLS or the answer to a random
 * number shows that the card itself is there. Faults: challenge-unknown.
 */
export const mayLogInByKey = async (
  bank: Bank,
  { card_id, medium_kind }: Pick<CardRow, 'card_id' | 'medium_kind'>,
): Promise<Result<void>> => {
  if (medium_kind !== 'sd-card') return ok();
  const chain = await bank.store.db
    .selectFrom('otp_chains')
    .select('card_id')
    .where('card_id', '=', card_id)
    .executeTakeFirst();
  return chain === undefined ? ok() : fail('challenge-unknown', { cardId: card_id });
};

const seconds = (bank: Bank): number => Math.floor(bank.clock().getTime() / 1000);

const hmac: Hmac = (algorithm, key, message) => createHmac(algorithm, key).update(message).digest();

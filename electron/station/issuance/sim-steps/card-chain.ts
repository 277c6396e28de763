import { fail, ok, type Result } from '../../../shared/result/index.ts';
import {
  chainCredential,
  chainEpochsIn,
  checkLabel,
  checkValueOf,
  epochOf,
  isChainCredential,
  type ChainCheckValues,
} from '../../../shared/codec/otp-chain/index.ts';
import { statusText } from '../../../shared/codec/index.ts';
import { oath, type OathSession } from '../../../../native/applications/oath/index.ts';
import { wrappedCommands } from '../../bank/bank-channel-keys.ts';
import type { BankClient } from '../../bank/bank-client.ts';
import type { CardInUse } from '../../readers/readers.ts';
import { openChannelTo } from './channel-to-application.ts';

/*
 * The chain of one-time passwords on a SIM or smart card (S1, card-chain.ts in the codec). The bank imports its keys
 * inside a secure channel to the card's OATH application; the station carries the commands and cannot read them.
 * PIV has to be selected again after each of these.
 */

/** The application; `undefined` where the card has none, or somebody has locked it. */
const openOath = async ({ pipe }: CardInUse): Promise<Result<OathSession | undefined>> => {
  const opened = await oath.open(pipe);
  if (!opened.ok) return opened.fault.code === 'card-unsupported' ? ok(undefined) : opened;
  return ok(opened.value.locked ? undefined : opened.value);
};

/**
 * A fresh chain. `undefined`: this card cannot have one. May be repeated after a break: the bank begins another
 * chain, and its keys take the place of those that came before.
 */
export async function importChain(
  card: CardInUse,
  bank: BankClient,
  mediumIdentity: string,
  cardId: string,
): Promise<Result<ChainCheckValues | undefined>> {
  const cleared = await removeChains(card);
  if (!cleared.ok || !cleared.value) return cleared.ok ? ok(undefined) : cleared;
  return importKeys(card, bank, mediumIdentity, (channelId) =>
    bank.call('importOtpChain', { cardId }, { channelId }),
  );
}

/**
 * The keys of the chain that the bank has begun, beside those in force. May be repeated after a break.
 * Faults: card-unsupported {what: oath, secure-channel-keys}, challenge-unknown, those of card and bank.
 */
export const importNextChain = (
  card: CardInUse,
  bank: BankClient,
  mediumIdentity: string,
  { cardId, epoch }: { readonly cardId: string; readonly epoch: number },
): Promise<Result<ChainCheckValues>> =>
  importKeys(card, bank, mediumIdentity, (channelId) =>
    bank.call('importMovedChain', { cardId }, { channelId, epoch }),
  );

async function importKeys(
  card: CardInUse,
  bank: BankClient,
  mediumIdentity: string,
  prepare: (channelId: string) => Promise<Result<{ commands: string[]; checkValues: ChainCheckValues }>>,
): Promise<Result<ChainCheckValues>> {
  const select = async (): Promise<Result<Uint8Array>> => {
    const opened = await oath.open(card.pipe);
    return opened.ok ? ok(oath.aid) : opened;
  };
  const opened = await openChannelTo(card, bank, mediumIdentity, select);
  if (!opened.ok) return opened;
  const { channel, channelId } = opened.value;
  const prepared = await prepare(channelId);
  const commands = prepared.ok ? wrappedCommands('importOtpChain', prepared.value.commands) : prepared;
  const sent = commands.ok ? await channel.sendWrapped(commands.value) : commands;
  await channel.close();
  if (!prepared.ok) return prepared;
  if (!sent.ok) return sent;
  const refused = sent.value.find(({ sw }) => sw !== 0x9000);
  if (refused) return fail('card-status', { command: 'PUT', sw: statusText(refused.sw) });
  return ok(prepared.value.checkValues);
}

/** Both keys are the bank's, by what they hash. Faults: card-object-missing, card-read-back-differs {what: otp-chain}. */
export async function compareChain(
  card: CardInUse,
  cardId: string,
  expected: ChainCheckValues,
  epoch?: number,
): Promise<Result<void>> {
  const session = await openOath(card);
  if (!session.ok) return session;
  if (session.value === undefined) return fail('card-object-missing', { what: 'otp-chain' });
  const names = chainCredential(cardId, epoch);
  for (const which of ['otp', 'bank'] as const) {
    const mac = await session.value.calculate(names[which], checkLabel);
    if (!mac.ok) return mac;
    if (checkValueOf(mac.value) !== expected[which])
      return fail('card-read-back-differs', { what: 'otp-chain' });
  }
  return ok();
}

/** Of this card's chains only one is left, the other's keys and state are gone. May be repeated after a break. */
export async function keepOnlyChain(
  card: CardInUse,
  { cardId, epoch }: { readonly cardId: string; readonly epoch: number },
): Promise<Result<void>> {
  const session = await openOath(card);
  if (!session.ok || session.value === undefined) return session.ok ? ok() : session;
  const listed = await session.value.listCredentials();
  if (!listed.ok) return listed;
  for (const { name } of listed.value) {
    const of = epochOf(name, cardId);
    if (of === undefined || of === epoch) continue;
    const removed = await session.value.deleteCredential(name);
    if (!removed.ok) return removed;
  }
  return ok();
}

/** Epochs of this card's chains on it, the newest first. */
export async function chainsOn(card: CardInUse, cardId: string): Promise<Result<readonly number[]>> {
  const session = await openOath(card);
  if (!session.ok || session.value === undefined) return session.ok ? ok([]) : session;
  const listed = await session.value.listCredentials();
  if (!listed.ok) return listed;
  const names = listed.value.map(({ name }) => name);
  return ok(chainEpochsIn(names, cardId));
}

/** Nothing of any chain of this bank is left; other credentials stay. Says whether there is such an application. */
export async function removeChains(card: CardInUse): Promise<Result<boolean>> {
  const session = await openOath(card);
  if (!session.ok || session.value === undefined) return session.ok ? ok(false) : session;
  const listed = await session.value.listCredentials();
  if (!listed.ok) return listed;
  for (const { name } of listed.value) {
    if (!isChainCredential(name)) continue;
    const removed = await session.value.deleteCredential(name);
    if (!removed.ok) return removed;
  }
  return ok(true);
}

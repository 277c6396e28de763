import { statusText, type CommandApdu } from '../../../shared/codec/index.ts';
import { fail, ok, type Result } from '../../../shared/result/index.ts';
import { SIXTEEN_BYTES } from '../../../shared/secure-channel/index.ts';
import {
  openSecureChannel,
  type SecureChannelPipe,
} from '../../../../native/applications/globalplatform/index.ts';
import { attemptsAtBank, bankChannelKeys, wrappedCommands } from '../../bank/bank-channel-keys.ts';
import type { BankClient } from '../../bank/bank-client.ts';
import type { CardInUse } from '../../readers/readers.ts';
import { findDomainKeys } from './find-domain-keys.ts';

export interface ApplicationChannel {
  readonly channel: SecureChannelPipe;
  /** The bank's number of it. */
  readonly channelId: string;
  readonly keys: 'factory' | 'diversified';
}

/**
 * A secure channel to an application, under the keys of the domain that it belongs to, which the bank holds.
 * `select` selects the application and gives its AID; everything that was authenticated before is over.
 *
 *     station                    card                                  bank
 *       │ ── its list of keys ──▶ │                                      │
 *       │ ── which are ours? ───────────────────────────────────────────▶│
 *       │ ── SELECT, INITIALIZE UPDATE ▶ │                               │
 *       │ ── cryptogram, commands ──────────────────────────────────────▶│
 *       │ ◀────────────────── EXTERNAL AUTHENTICATE, commands wrapped ───│
 *       │ ── all of them ───────▶ │                                      │
 *       │ ── answers ───────────────────────────────────────────────────▶│  checked, opened; the channel is over
 *
 * @param only everything that will be said in it, where that is known
 * Faults: card-unsupported {what: secure-channel-keys} (no domain, or none of our keys in it), those of
 * `openSecureChannel`.
 */
export async function openChannelTo(
  { pipe, globalPlatform }: CardInUse,
  bank: BankClient,
  mediumIdentity: string,
  select: () => Promise<Result<Uint8Array | undefined>>,
  only?: readonly CommandApdu[],
): Promise<Result<ApplicationChannel>> {
  const domain = await globalPlatform();
  if (!domain.ok) return domain;
  const found = domain.value && (await findDomainKeys(domain.value, bank, mediumIdentity));
  if (found?.ok === false) return found;
  if (found?.value === undefined) return fail('card-unsupported', { what: 'secure-channel-keys' });
  const { expected, level, options, listed, known } = found.value;
  const aid = await select();
  if (!aid.ok) return aid;
  const keys = bankChannelKeys(bank, mediumIdentity, expected, only && { only });
  const channel = await openSecureChannel(pipe, {
    keys,
    attempts: attemptsAtBank(bank, known),
    cardId: mediumIdentity,
    level,
    challengeLength: expected.type === 'aes' && ((options ?? 0) & SIXTEEN_BYTES) !== 0 ? 16 : 8,
    longCommands: true,
    keyInformation: listed,
    ...(aid.value && { domainAid: aid.value }),
    ...(options !== undefined && { announcedOptions: options }),
  });
  if (!channel.ok) return channel;
  const said = keys.opened();
  return said
    ? ok({ channel: channel.value, channelId: said.channelId, keys: said.keys })
    : fail('bank-bad-answer', { call: 'openSecureChannel' });
}

/** PIV selected again: its PIN is not verified any more. */
export const selectPiv =
  ({ piv }: CardInUse) =>
  async (): Promise<Result<Uint8Array | undefined>> => {
    const selected = await piv.selectPiv();
    return selected.ok ? ok(selected.value.aid) : selected;
  };

/**
 * PUK, and for a card that nobody holds any more the PIN: the bank makes the commands and wraps them, and no old
 * value is needed. May be repeated after a break.
 */
export async function changePivSecretsInChannel(
  card: CardInUse,
  bank: BankClient,
  mediumIdentity: string,
  to: 'factory' | 'diversified',
): Promise<Result<void>> {
  const opened = await openChannelTo(card, bank, mediumIdentity, selectPiv(card));
  if (!opened.ok) return opened;
  const { channel, channelId } = opened.value;
  const prepared = await bank.call('changePivSecrets', { channelId }, { to });
  const commands = prepared.ok ? wrappedCommands('changePivSecrets', prepared.value.commands) : prepared;
  const sent = commands.ok ? await channel.sendWrapped(commands.value) : commands;
  await channel.close();
  if (!sent.ok) return sent;
  const refused = sent.value.find(({ sw }) => sw !== 0x9000);
  if (refused) return fail('card-status', { command: 'CHANGE REFERENCE DATA', sw: statusText(refused.sw) });
  const reported = await bank.call('reportCardKeys', { mediumIdentity }, { puk: to });
  return reported.ok ? ok() : reported;
}

import {
  encodeCommand,
  encodeResponse,
  parseCommand,
  parseResponse,
  type CommandApdu,
} from '../../shared/codec/index.ts';
import type { BankApi, RouteReply } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { protectsAnswers } from '../../shared/secure-channel/index.ts';
import type {
  ChannelEndpoint,
  ExpectedKeys,
  KeyAttempts,
  SecureChannelKeys,
} from '../../../native/applications/globalplatform/index.ts';
import type { BankClient } from './bank-client.ts';

type Opened = RouteReply<BankApi['openSecureChannel']>;

export interface BankChannelKeys extends SecureChannelKeys {
  /** What the bank said of the channel opened last. */
  opened(): Pick<Opened, 'keys' | 'factoryRefused'> | undefined;
}

/** The keys of a card's security domain, at the bank: everything that crosses is wrapped already or not secret. */
export const bankChannelKeys = (
  bank: BankClient,
  mediumIdentity: string,
  expected: ExpectedKeys,
): BankChannelKeys => {
  let last: Opened | undefined;
  return {
    expected,
    opened: () => last,
    async open({ hostChallenge, initializeUpdateResponse, level, domainAid, announcedOptions }) {
      const opened = await bank.call(
        'openSecureChannel',
        {},
        {
          mediumIdentity,
          hostChallenge: toBase64(hostChallenge),
          initializeUpdateResponse: toBase64(initializeUpdateResponse),
          level,
          ...(domainAid && { domainAid: toBase64(domainAid) }),
          ...(announcedOptions !== undefined && { announcedOptions }),
        },
      );
      if (!opened.ok) return opened;
      const [externalAuthenticate] = commandsOf([opened.value.externalAuthenticate]) ?? [];
      if (externalAuthenticate === undefined) return badAnswer('openSecureChannel');
      last = opened.value;
      const { channelId, maximumData } = opened.value;
      return ok({ externalAuthenticate, endpoint: endpointAt(bank, channelId, { level, maximumData }) });
    },
  };
};

const endpointAt = (
  bank: BankClient,
  channelId: string,
  { level, maximumData }: Pick<ChannelEndpoint, 'level' | 'maximumData'>,
): ChannelEndpoint => ({
  level,
  maximumData,
  async wrap(commands) {
    const plain = commands.map((command) => toBase64(encodeCommand(command)));
    const wrapped = await bank.call('wrapCommands', { channelId }, { commands: plain });
    if (!wrapped.ok) return wrapped;
    const parsed = commandsOf(wrapped.value.commands);
    return parsed?.length === commands.length ? ok(parsed) : badAnswer('wrapCommands');
  },
  async unwrap(responses) {
    // Without a MAC on answers there is nothing to check and no way to spend on it.
    if (!protectsAnswers(level) || responses.length === 0) return ok(responses);
    const answers = responses.map((response) => toBase64(encodeResponse(response)));
    const unwrapped = await bank.call('unwrapAnswers', { channelId }, { answers });
    if (!unwrapped.ok) return unwrapped;
    const plain = unwrapped.value.answers.map((text) => parseResponse(fromBase64(text)));
    const parsed = plain.flatMap((each) => (each.ok ? [each.value] : []));
    return parsed.length === responses.length ? ok(parsed) : badAnswer('unwrapAnswers');
  },
  async keyChange() {
    const change = await bank.call('changeChannelKeys', { channelId }, {});
    if (!change.ok) return change;
    const [command] = commandsOf([change.value.command]) ?? [];
    return command === undefined
      ? badAnswer('changeChannelKeys')
      : ok({ command, expectedAnswer: fromBase64(change.value.expectedAnswer) });
  },
  async close() {
    // The bank forgets it by itself after some minutes; nothing here may fail because of it.
    await bank.call('closeSecureChannel', { channelId }, {});
  },
});

/** Quarantine is kept at the bank, so that neither a restart nor another station forgets it. */
export const attemptsAtBank = (bank: BankClient): KeyAttempts => ({
  async begin(cardId) {
    const known = await bank.call('readCardKeys', { mediumIdentity: cardId }, {});
    if (!known.ok) return known;
    const { quarantine } = known.value;
    return quarantine ? fail('card-quarantined', { mediumIdentity: cardId, ...quarantine }) : ok();
  },
  async refused(cardId) {
    const noted = await bank.call('quarantineCard', { mediumIdentity: cardId }, { reason: 'channel-keys' });
    return noted.ok ? ok() : noted;
  },
});

const commandsOf = (texts: readonly string[]): readonly CommandApdu[] | undefined => {
  const parsed = texts.map((text) => parseCommand(fromBase64(text)));
  const commands = parsed.flatMap((each) => (each.ok ? [each.value] : []));
  return commands.length === texts.length ? commands : undefined;
};

const badAnswer = (call: string): Result<never> => fail('bank-bad-answer', { call });
const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

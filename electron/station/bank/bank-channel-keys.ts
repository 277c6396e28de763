import {
  encodeCommand,
  encodeResponse,
  parseCommand,
  parseResponse,
  type CommandApdu,
  type ResponseApdu,
} from '../../shared/codec/index.ts';
import type { BankApi, RouteReply } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { protectionAfter, protectsAnswers } from '../../shared/secure-channel/index.ts';
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
  opened(): Pick<Opened, 'channelId' | 'keys' | 'factoryRefused' | 'outdated'> | undefined;
}

export interface ChannelPlan {
  /**
   * Everything that will be said in the channel. The bank wraps it in the same round trip in which the channel
   * opens, and the answers end it there.
   */
  readonly only?: readonly CommandApdu[];
}

/** The keys of a card's security domain, at the bank: everything that crosses is wrapped already or not secret. */
export const bankChannelKeys = (
  bank: BankClient,
  mediumIdentity: string,
  expected: ExpectedKeys,
  { only }: ChannelPlan = {},
): BankChannelKeys => {
  const first = only?.map((command) => toBase64(encodeCommand(command)));
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
          ...(first && { commands: first }),
        },
      );
      if (!opened.ok) return opened;
      const [externalAuthenticate] = commandsOf([opened.value.externalAuthenticate]) ?? [];
      if (externalAuthenticate === undefined) return badAnswer('openSecureChannel');
      last = opened.value;
      const { channelId, maximumData } = opened.value;
      const endpoint = endpointAt(bank, channelId, { level, maximumData });
      if (first === undefined) return ok({ externalAuthenticate, endpoint });
      const wrapped = commandsOf(opened.value.commands ?? []);
      if (wrapped?.length !== first.length) return badAnswer('openSecureChannel');
      return ok({ externalAuthenticate, endpoint: endpointOf(endpoint, wrapped) });
    },
  };

  /** The plan's commands are wrapped already, and their answers are the last. */
  function endpointOf(endpoint: EndpointAtBank, wrapped: readonly CommandApdu[]): ChannelEndpoint {
    let ended = false;
    return {
      ...endpoint,
      wrap: (commands) => (commands === only ? Promise.resolve(ok(wrapped)) : Promise.resolve(badPlan())),
      async unwrap(responses) {
        ended = protectsAnswers(endpoint.level) && responses.length > 0;
        return endpoint.unwrap(responses, ended);
      },
      close: () => (ended ? Promise.resolve() : endpoint.close()),
    };
  }
};

const badPlan = () => fail('bad-input', { field: 'commands' });

interface EndpointAtBank extends ChannelEndpoint {
  unwrap(responses: readonly ResponseApdu[], last?: boolean): Promise<Result<readonly ResponseApdu[]>>;
}

const endpointAt = (
  bank: BankClient,
  channelId: string,
  { level, maximumData }: Pick<ChannelEndpoint, 'level' | 'maximumData'>,
): EndpointAtBank => {
  /** In an R-MAC session answers carry a MAC whatever the level says. */
  let isProtected = protectsAnswers(level);
  return {
    level,
    maximumData,
    async wrap(commands) {
      if (commands.some((command) => (protectionAfter(command) ?? 0) !== 0)) isProtected = true;
      const plain = commands.map((command) => toBase64(encodeCommand(command)));
      const wrapped = await bank.call('wrapCommands', { channelId }, { commands: plain });
      if (!wrapped.ok) return wrapped;
      const parsed = commandsOf(wrapped.value.commands);
      return parsed?.length === commands.length ? ok(parsed) : badAnswer('wrapCommands');
    },
    async unwrap(responses, last = false) {
      // Without a MAC on answers there is nothing to check and no way to spend on it.
      if (!isProtected || responses.length === 0) return ok(responses);
      const answers = responses.map((response) => toBase64(encodeResponse(response)));
      const unwrapped = await bank.call('unwrapAnswers', { channelId }, { answers, ...(last && { last }) });
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
  };
};

/**
 * Quarantine is kept at the bank, so that neither a restart nor another station forgets it. `known`: what the
 * bank said of this card just now, so that it is not asked twice.
 */
export const attemptsAtBank = (
  bank: BankClient,
  known?: RouteReply<BankApi['readCardKeys']>,
): KeyAttempts => ({
  async begin(cardId) {
    const asked = known ? ok(known) : await bank.call('readCardKeys', { mediumIdentity: cardId }, {});
    if (!asked.ok) return asked;
    const { quarantine } = asked.value;
    return quarantine ? fail('card-quarantined', { mediumIdentity: cardId, ...quarantine }) : ok();
  },
  async refused(cardId) {
    const noted = await bank.call('quarantineCard', { mediumIdentity: cardId }, { reason: 'channel-keys' });
    return noted.ok ? ok() : noted;
  },
});

/** Commands that the bank has made and wrapped. Fault: bank-bad-answer. */
export const wrappedCommands = (call: string, texts: readonly string[]): Result<readonly CommandApdu[]> => {
  const commands = commandsOf(texts);
  return commands ? ok(commands) : badAnswer(call);
};

const commandsOf = (texts: readonly string[]): readonly CommandApdu[] | undefined => {
  const parsed = texts.map((text) => parseCommand(fromBase64(text)));
  const commands = parsed.flatMap((each) => (each.ok ? [each.value] : []));
  return commands.length === texts.length ? commands : undefined;
};

const badAnswer = (call: string): Result<never> => fail('bank-bad-answer', { call });
const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

import { equalBytes, type CommandApdu, type ResponseApdu } from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import type { ApduPipe, SendOptions } from '../../../pipe/index.ts';
import type { ChannelEndpoint } from './channel-endpoint.ts';
import { statusFault } from '../status-fault.ts';
import {
  beginResponseSession,
  endResponseSession,
  isConfidential,
  isErrorStatus,
  type KeyChangeRequest,
  type OpeningExchange,
  type SecurityLevel,
} from '../../../../electron/shared/secure-channel/index.ts';

/** A pipe whose commands and answers the keys' holder wraps and checks. */
export interface SecureChannelPipe extends ApduPipe {
  readonly level: SecurityLevel;
  /** Commands are encrypted, so that a key or a customer's secret may travel in them. */
  readonly confidential: boolean;
  /** Longest data field of a command in a short APDU, in bytes. */
  readonly maximumData: number;
  /** How the channel began, for `provesKeys`. */
  readonly opening: OpeningExchange | undefined;
  /**
   * Several commands for one round trip to the keys' holder. Sending stops at the first error status, which
   * is then the last answer; the commands after it were wrapped and never sent, so the channel ends there.
   */
  sendAll(
    commands: readonly CommandApdu[],
    options?: SendAllOptions,
  ): Promise<Result<readonly ResponseApdu[]>>;
  /**
   * Commands that the keys' holder has made itself, with secrets in them, and wrapped already: nothing was
   * wrapped after them. Their plain answers.
   */
  sendWrapped(
    commands: readonly CommandApdu[],
    options?: SendOptions,
  ): Promise<Result<readonly ResponseApdu[]>>;
  /**
   * PUT KEY: the keys that the holder has ready take the place of those of `replacedVersion`. The channel goes
   * on under its session keys; open another one under the new keys to see them work.
   * Faults: card-read-back-differs (the card took other keys), card-full, card-status …
   */
  changeKeys(request: KeyChangeRequest): Promise<Result<void>>;
  /**
   * From now on answers come under a MAC, also on a channel that was opened without (an R-MAC session).
   * Faults: bad-input (they are protected already, or encryption where commands have none), card-status …
   */
  beginResponseSession(how: 'mac' | 'mac-and-encryption'): Promise<Result<void>>;
  endResponseSession(): Promise<Result<void>>;
  /** Forgets the session's keys; later commands fail with card-channel-broken. Never fails. */
  close(): Promise<void>;
}

export interface SecureChannelOptions {
  readonly longCommands?: boolean;
  readonly opening?: OpeningExchange;
}

export interface SendAllOptions extends SendOptions {
  /** After each answer of the card, before it has been checked. */
  readonly onAnswer?: (answered: number, total: number) => void;
}

/**
 * The secure messaging layer over an opened channel. `longCommands`: the card takes wrapped commands longer
 * than a short APDU, which the layer below sends in a chain; security domains do not, some applications do. One wrong answer closes it for good: whatever comes
 * later could be of somebody who sits between station and card. Faults of `send` beside those of the pipe
 * below: card-channel-broken, bad-input (command too long), and those of the way to the keys' holder.
 */
export const secureChannelPipe = (
  below: ApduPipe,
  endpoint: ChannelEndpoint,
  { longCommands = false, opening }: SecureChannelOptions = {},
): SecureChannelPipe => {
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await endpoint.close();
  };

  const sendAll = async (
    commands: readonly CommandApdu[],
    options: SendAllOptions = {},
  ): Promise<Result<readonly ResponseApdu[]>> => {
    if (closed) return fail('card-channel-broken', { why: 'closed' });
    if (!longCommands && commands.some(({ data }) => (data?.length ?? 0) > endpoint.maximumData))
      return fail('bad-input', { field: 'command-data', maximumData: endpoint.maximumData });
    const wrapped = await endpoint.wrap(commands);
    return wrapped.ok ? sendWrapped(wrapped.value, options) : closing(wrapped);
  };

  const sendWrapped = async (
    commands: readonly CommandApdu[],
    options: SendAllOptions = {},
  ): Promise<Result<readonly ResponseApdu[]>> => {
    if (closed) return fail('card-channel-broken', { why: 'closed' });
    const answers: ResponseApdu[] = [];
    const { onAnswer, ...sendOptions } = options;
    for (const command of commands) {
      const answer = await below.send(command, sendOptions);
      // Nobody knows whether the card took the command, so the two sides may have drifted apart.
      if (!answer.ok) return closing(answer);
      answers.push(answer.value);
      onAnswer?.(answers.length, commands.length);
      if (isErrorStatus(answer.value.sw)) break;
    }
    const plain = await endpoint.unwrap(answers);
    if (!plain.ok) return closing(plain);
    if (plain.value.length !== answers.length) return closing(fail('bank-bad-answer', { what: 'unwrap' }));
    if (answers.length < commands.length) await close();
    return plain;
  };

  const closing = async <Failure>(failure: Failure): Promise<Failure> => {
    await close();
    return failure;
  };

  const send = async (command: CommandApdu, options?: SendOptions): Promise<Result<ResponseApdu>> => {
    const answers = await sendAll([command], options);
    if (!answers.ok) return answers;
    return one(answers.value);
  };

  const one = ([answer]: readonly ResponseApdu[]): Result<ResponseApdu> =>
    answer === undefined ? fail('bank-bad-answer', { what: 'unwrap' }) : ok(answer);

  const changeKeys = async (request: KeyChangeRequest): Promise<Result<void>> => {
    if (closed) return fail('card-channel-broken', { why: 'closed' });
    const change = await endpoint.keyChange(request);
    if (!change.ok) return change;
    const given = await below.send(change.value.command);
    if (!given.ok) return closing(given);
    const plain = await endpoint.unwrap([given.value]);
    if (!plain.ok) return closing(plain);
    const answer = one(plain.value);
    if (!answer.ok) return answer;
    if (answer.value.sw !== 0x9000) return statusFault('put-key', answer.value.sw);
    return equalBytes(answer.value.data, change.value.expectedAnswer)
      ? ok()
      : fail('card-read-back-differs', { what: 'key-check-value' });
  };

  const session = async (what: string, command: CommandApdu): Promise<Result<void>> => {
    const answer = await send(command);
    if (!answer.ok) return answer;
    return answer.value.sw === 0x9000 ? ok() : statusFault(what, answer.value.sw);
  };

  return {
    level: endpoint.level,
    confidential: isConfidential(endpoint.level),
    maximumData: endpoint.maximumData,
    opening,
    sendAll,
    sendWrapped,
    send,
    changeKeys,
    beginResponseSession: (how) => session('begin-r-mac-session', beginResponseSession(how)),
    endResponseSession: () => session('end-r-mac-session', endResponseSession()),
    close,
  };
};

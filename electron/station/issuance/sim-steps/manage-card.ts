import { fail, ok, type Result } from '../../../shared/result/index.ts';
import type { PivAnswers, PivCommand, PivCommands } from '../../../../native/applications/piv/index.ts';
import type { BankClient } from '../../bank/bank-client.ts';
import type { CardInUse } from '../../readers/readers.ts';
import { openChannelTo, selectPiv } from './channel-to-application.ts';
import { hasNoManagementKey, openForWriting } from './management-access.ts';

/**
 * What an issuer may do with the PIV application: after an authentication with the management key, or where the
 * card has no such key inside a secure channel. A list of commands is one channel, so all that is known beforehand
 * belongs into one call.
 * Faults: those of `openForWriting`, of `openChannelTo`, and of the commands.
 */
export async function manageCard(
  card: CardInUse,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<PivCommands>> {
  const opened = await openForWriting(card.piv, bank, mediumIdentity);
  if (opened.ok) return ok(card.piv);
  if (!hasNoManagementKey(opened.fault)) return opened;
  return ok({ send: (...commands) => sendInChannel(card, bank, mediumIdentity, commands) });
}

async function sendInChannel<const Commands extends readonly PivCommand<unknown>[]>(
  card: CardInUse,
  bank: BankClient,
  mediumIdentity: string,
  commands: Commands,
): Promise<Result<PivAnswers<Commands>>> {
  const apdus = commands.map(({ apdu }) => apdu);
  const opened = await openChannelTo(card, bank, mediumIdentity, selectPiv(card), apdus);
  if (!opened.ok) return opened;
  const { channel } = opened.value;
  const slowest = Math.max(...commands.map(({ timeoutMs }) => timeoutMs ?? 0));
  const answers = await channel.sendAll(apdus, slowest === 0 ? {} : { timeoutMs: slowest });
  await channel.close();
  if (!answers.ok) return answers;
  const parsed: unknown[] = [];
  for (const [at, command] of commands.entries()) {
    const answer = answers.value[at];
    // The card refused the one before, which has failed by then.
    if (answer === undefined) return fail('card-bad-answer', { what: 'secure-channel' });
    const value = command.parse(answer);
    if (!value.ok) return value;
    parsed.push(value.value);
  }
  // In the order of the commands: the compiler cannot follow a loop through a tuple.
  return ok(parsed as PivAnswers<Commands>);
}

import type { LoginAssertion } from '../../../electron/shared/bank-api/login-assertion.ts';
import type { AskReply, OrderOutcome } from '../../../electron/shared/bank-api/card-messages.ts';
import type { ChainChallenge } from '../../../electron/shared/codec/otp-chain/chain-schemas.ts';
import { askPath, confirmPath } from './portal-paths.ts';

/** refused: the bank said no, and says why on its own page. silent: nothing came back in time. */
export type BankReply<T> =
  | { readonly kind: 'reply'; readonly reply: T }
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'silent' };

export const askBank = (origin: string, message: LoginAssertion): Promise<BankReply<AskReply>> =>
  send(origin + askPath, message, isAskReply);

export const confirmAtBank = (origin: string, message: LoginAssertion): Promise<BankReply<OrderOutcome>> =>
  send(origin + confirmPath, message, isOutcome);

const patienceMs = 15_000;

/** As plain text, which a browser sends without asking the server for permission first. */
const send = async <T>(
  url: string,
  message: LoginAssertion,
  isReply: (value: unknown) => value is T,
): Promise<BankReply<T>> => {
  const giveUp = new AbortController();
  const timer = setTimeout(() => {
    giveUp.abort();
  }, patienceMs);
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(message),
      credentials: 'omit',
      redirect: 'error',
      cache: 'no-store',
      signal: giveUp.signal,
    });
    const value: unknown = await response.json();
    if (response.ok && isReply(value)) return { kind: 'reply', reply: value };
    return { kind: 'refused', code: codeOf(value) };
  } catch {
    return { kind: 'silent' };
  } finally {
    clearTimeout(timer);
  }
};

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null ? (value as Fields) : undefined;

const codeOf = (value: unknown): string => {
  const code = fieldsOf(fieldsOf(value)?.fault)?.code;
  return typeof code === 'string' ? code : '';
};

const texts = (value: unknown, ...names: readonly string[]): boolean =>
  names.every((name) => typeof fieldsOf(value)?.[name] === 'string');
const numbers = (value: unknown, ...names: readonly string[]): boolean =>
  names.every((name) => Number.isSafeInteger(fieldsOf(value)?.[name]));

const isOutcome = (value: unknown): value is OrderOutcome => texts(value, 'orderId', 'state');

const isChallenge = (value: unknown): value is ChainChallenge =>
  texts(value, 'chainId', 'nonce', 'text', 'tag') && numbers(value, 'serial', 'accepted');

const isAskReply = (value: unknown): value is AskReply => {
  const fields = fieldsOf(value);
  if (fields === undefined) return false;
  const { order, about, challenge } = fields;
  return (
    (order === undefined ||
      (texts(order, 'orderId', 'payer', 'payee', 'payeeName', 'currency', 'memo') &&
        numbers(order, 'amount'))) &&
    (about === undefined || isOutcome(about)) &&
    (challenge === undefined || isChallenge(challenge))
  );
};

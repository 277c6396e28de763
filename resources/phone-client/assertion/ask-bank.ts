import type { LoginAssertion } from '../../../electron/shared/bank-api/login-assertion.ts';
import type {
  AskReply,
  OrderOutcome,
  RandomReply,
  SignOnAnswer,
  SignOnReply,
  SignOnRequest,
} from '../../../electron/shared/bank-api/card-messages.ts';
import type { ChainChallenge } from '../../../electron/shared/codec/otp-chain/chain-schemas.ts';
import { answerPath, askPath, confirmPath, signOnPath } from './portal-paths.ts';

/** refused: the bank said no, and says why on its own page. silent: nothing came back in time. */
export type BankReply<T> =
  | { readonly kind: 'reply'; readonly reply: T }
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly triesLeft: number | undefined;
      /** Until the next try is taken. */
      readonly seconds: number | undefined;
    }
  | { readonly kind: 'silent' };

export const askBank = (origin: string, message: LoginAssertion): Promise<BankReply<AskReply>> =>
  send(origin + askPath, message, isAskReply);

export const confirmAtBank = (origin: string, message: LoginAssertion): Promise<BankReply<OrderOutcome>> =>
  send(origin + confirmPath, message, isOutcome);

/** S4, 104 and 105. */
export const askForRandom = (origin: string, message: SignOnRequest): Promise<BankReply<RandomReply>> =>
  send(origin + signOnPath, message, isRandom);

/** 106 to 110. */
export const giveAnswer = (origin: string, message: SignOnAnswer): Promise<BankReply<SignOnReply>> =>
  send(origin + answerPath, message, isSignOnReply);

const patienceMs = 15_000;

/** As plain text, which a browser sends without asking the server for permission first. */
const send = async <T>(
  url: string,
  message: LoginAssertion | SignOnRequest | SignOnAnswer,
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
    return refusalIn(value);
  } catch {
    return { kind: 'silent' };
  } finally {
    clearTimeout(timer);
  }
};

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null ? (value as Fields) : undefined;

const refusalIn = (value: unknown): Extract<BankReply<never>, { kind: 'refused' }> => {
  const fault = fieldsOf(fieldsOf(value)?.fault);
  const data = fieldsOf(fault?.data);
  const number = (found: unknown) => (Number.isSafeInteger(found) ? (found as number) : undefined);
  return {
    kind: 'refused',
    code: typeof fault?.code === 'string' ? fault.code : '',
    triesLeft: number(data?.triesLeft),
    seconds: number(data?.seconds),
  };
};

const texts = (value: unknown, ...names: readonly string[]): boolean =>
  names.every((name) => typeof fieldsOf(value)?.[name] === 'string');
const numbers = (value: unknown, ...names: readonly string[]): boolean =>
  names.every((name) => Number.isSafeInteger(fieldsOf(value)?.[name]));

const isOutcome = (value: unknown): value is OrderOutcome => texts(value, 'orderId', 'state');

const isChallenge = (value: unknown): value is ChainChallenge =>
  texts(value, 'chainId', 'nonce', 'text', 'tag') && numbers(value, 'serial', 'accepted');

const isRandom = (value: unknown): value is RandomReply => texts(value, 'loginId', 'random');

const isSignOnReply = (value: unknown): value is SignOnReply => {
  const outcome = fieldsOf(value)?.outcome;
  if (outcome === 'signed-in') return texts(value, 'arrival');
  return outcome === 'again' && isRandom(value) && numbers(value, 'triesLeft');
};

const isAskReply = (value: unknown): value is AskReply => {
  const fields = fieldsOf(value);
  if (fields === undefined) return false;
  const { order, about, challenge, signOn } = fields;
  return (
    (order === undefined ||
      (texts(order, 'orderId', 'payer', 'payee', 'payeeName', 'currency', 'memo') &&
        numbers(order, 'amount'))) &&
    (about === undefined || isOutcome(about)) &&
    (challenge === undefined || isChallenge(challenge)) &&
    (signOn === undefined || texts(signOn, 'loginId'))
  );
};

import { fail, ok, type Result } from '../../result/index.ts';
import { concatBytes, utf8 } from '../bytes.ts';
import { parseHex } from '../hex.ts';
import { hashLength, type Hmac } from '../hkdf/index.ts';
import type { OcraSuite } from './ocra-suite.ts';

/** Exactly what the suite asks for: what is missing or too much is refused. */
export interface OcraInput {
  /**
   * One challenge, at most as long as the suite says; or for the mutual mode (RFC 6287, 7.2) both, each
   * exactly that long, since they are joined without a mark between them.
   */
  readonly question: string | readonly [string, string];
  readonly counter?: number;
  /** Hash of the PIN, by the suite's algorithm. */
  readonly pinHash?: Uint8Array;
  /** At most as long as the suite says; padded with zeros on the left. */
  readonly session?: Uint8Array;
  /** Whole time steps since 1970, not seconds. */
  readonly timeSteps?: number;
}

/** OCRA (RFC 6287, 5): the answer in as many decimal digits as the suite says. Fault: bad-input with the field. */
export const ocra = async (
  hmac: Hmac,
  suite: OcraSuite,
  key: Uint8Array,
  input: OcraInput,
): Promise<Result<string>> => {
  const data = ocraDataInput(suite, input);
  if (!data.ok) return data;
  return ok(truncate(await hmac(suite.algorithm, key, data.value), suite.digits));
};

/** What is hashed under the key: suite | 00 | C(8) | Q(128) | P | S | T(8). For who has somebody else hash it. */
export const ocraDataInput = (suite: OcraSuite, input: OcraInput): Result<Uint8Array> => {
  const parts: Uint8Array[] = [utf8(suite.text), Uint8Array.of(0)];
  if (suite.counter !== (input.counter !== undefined)) return refused('counter');
  if (input.counter !== undefined) {
    if (!isCount(input.counter)) return refused('counter');
    parts.push(eightBytes(input.counter));
  }
  const question = questionBytes(suite, input.question);
  if (!question.ok) return question;
  parts.push(question.value);
  if (input.pinHash?.length !== (suite.pin && hashLength[suite.pin])) return refused('pinHash');
  if (input.pinHash) parts.push(input.pinHash);
  if ((suite.sessionLength !== undefined) !== (input.session !== undefined)) return refused('session');
  if (suite.sessionLength !== undefined && input.session !== undefined) {
    if (input.session.length > suite.sessionLength) return refused('session');
    parts.push(new Uint8Array(suite.sessionLength - input.session.length), input.session);
  }
  if ((suite.timeStepSeconds !== undefined) !== (input.timeSteps !== undefined)) return refused('timeSteps');
  if (input.timeSteps !== undefined) {
    if (!isCount(input.timeSteps)) return refused('timeSteps');
    parts.push(eightBytes(input.timeSteps));
  }
  return ok(concatBytes(...parts));
};

const questionBytes = (suite: OcraSuite, asked: OcraInput['question']): Result<Uint8Array> => {
  const { format, length } = suite.question;
  const each: readonly string[] = typeof asked === 'string' ? [asked] : asked;
  const fits = each.every(
    (part) =>
      questionFormat[format].test(part) &&
      (each.length === 1 ? part.length <= length : part.length === length),
  );
  if (!fits) return refused('question');
  const whole = each.join('');
  if (format === 'alphanumeric') return ok(padRight(utf8(whole)));
  // RFC 6287, 5.1: a number is written in hex, and both are filled with zero digits on the right.
  const digits = format === 'numeric' ? BigInt(whole).toString(16) : whole;
  const bytes = parseHex(digits.length % 2 === 0 ? digits : `${digits}0`);
  return bytes.ok ? ok(padRight(bytes.value)) : refused('question');
};

const questionFormat = {
  alphanumeric: /^[\x20-\x7e]+$/,
  numeric: /^[0-9]+$/,
  hex: /^[0-9a-fA-F]+$/,
} as const;

const padRight = (bytes: Uint8Array): Uint8Array => concatBytes(bytes, new Uint8Array(128 - bytes.length));

/** RFC 4226, 5.3. */
const truncate = (mac: Uint8Array, digits: number): string => {
  const at = (mac[mac.length - 1] ?? 0) & 0x0f;
  const word =
    ((mac[at] ?? 0) & 0x7f) * 0x1000000 +
    (((mac[at + 1] ?? 0) << 16) | ((mac[at + 2] ?? 0) << 8) | (mac[at + 3] ?? 0));
  return String(word % 10 ** digits).padStart(digits, '0');
};

const eightBytes = (count: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  let left = BigInt(count);
  for (let at = 7; at >= 0; at--) {
    bytes[at] = Number(left & 0xffn);
    left >>= 8n;
  }
  return bytes;
};

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const refused = (field: string) => fail('bad-input', { field });

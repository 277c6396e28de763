import { fail, ok, type Result } from '../../result/index.ts';
import type { HmacAlgorithm } from '../hkdf/index.ts';

/** An OCRASuite (RFC 6287, 6) taken apart. */
export interface OcraSuite {
  /** As written: it is itself part of what is hashed. */
  readonly text: string;
  readonly algorithm: HmacAlgorithm;
  /** Decimal digits of the answer, 4 to 10. */
  readonly digits: number;
  readonly counter: boolean;
  readonly question: { readonly format: 'alphanumeric' | 'numeric' | 'hex'; readonly length: number };
  /** Hash of the PIN that is mixed in. */
  readonly pin: HmacAlgorithm | undefined;
  /** Length of the session information in bytes. */
  readonly sessionLength: number | undefined;
  /** Length of a time step in seconds. */
  readonly timeStepSeconds: number | undefined;
}

/**
 * Parses an OCRASuite. Deviation from RFC 6287: zero digits (the whole HMAC) is refused, because nobody here
 * asks for it. Fault: bad-input, field 'suite'.
 */
export const parseOcraSuite = (text: string): Result<OcraSuite> => {
  const [version, cryptoFunction, dataInput, ...rest] = text.split(':');
  if (version !== 'OCRA-1' || cryptoFunction === undefined || dataInput === undefined || rest.length > 0)
    return refused();
  const hotp = /^HOTP-SHA(1|256|512)-([4-9]|10)$/.exec(cryptoFunction);
  const input = /^(C-)?Q([ANH])(\d\d)(?:-PSHA(1|256|512))?(?:-S(\d{3}))?(?:-T(\d{1,2})([SMH]))?$/.exec(
    dataInput,
  );
  if (!hotp || !input) return refused();
  const [, counter, format = '', length = '', pin, session, steps, unit = ''] = input;
  const suite: OcraSuite = {
    text,
    algorithm: algorithmOf(hotp[1]),
    digits: Number(hotp[2]),
    counter: counter !== undefined,
    question: { format: formats[format] ?? 'numeric', length: Number(length) },
    pin: pin === undefined ? undefined : algorithmOf(pin),
    sessionLength: session === undefined ? undefined : Number(session),
    timeStepSeconds: steps === undefined ? undefined : Number(steps) * (secondsOf[unit] ?? 0),
  };
  if (suite.question.length < 4 || suite.question.length > 64) return refused();
  if (suite.sessionLength !== undefined && (suite.sessionLength < 1 || suite.sessionLength > 512))
    return refused();
  if (steps !== undefined && (Number(steps) < 1 || Number(steps) > (unit === 'H' ? 48 : 59)))
    return refused();
  return ok(suite);
};

const formats: Readonly<Record<string, OcraSuite['question']['format']>> = {
  A: 'alphanumeric',
  N: 'numeric',
  H: 'hex',
};
const secondsOf: Readonly<Record<string, number>> = { S: 1, M: 60, H: 3600 };

const algorithmOf = (bits: string | undefined): HmacAlgorithm =>
  bits === '1' ? 'sha1' : bits === '512' ? 'sha512' : 'sha256';

const refused = () => fail('bad-input', { field: 'suite' });

import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import { parseCardText } from './card-text.ts';
import { swappedDigits } from './swapped-digits.ts';

/** A phone number of the SIM's own. */
export interface SubscriberNumber {
  /** What the operator or the customer calls it; often empty. */
  readonly label: string;
  /** Digits, and `*` `#` `p` (pause) `?` (wild); with a leading + when it is international. */
  readonly number: string;
  readonly type: NumberType;
  readonly plan: NumberPlan;
  /** The number goes on in another file, so this is only its beginning. */
  readonly cut: boolean;
}

export type NumberType =
  | 'unknown'
  | 'international'
  | 'national'
  | 'network-specific'
  | 'subscriber'
  | 'alphanumeric'
  | 'abbreviated'
  | 'reserved';
export type NumberPlan = 'unknown' | 'isdn' | 'data' | 'telex' | 'national' | 'private' | 'reserved';

/**
 * One record of EF MSISDN (TS 31.102 §4.2.26): label | length 1 | type and plan | number 10 | configuration |
 * extension; the last 14 bytes have a fixed place. `undefined` for an empty record. Fault: card-bad-answer.
 */
export const parseSubscriberNumber = (record: Uint8Array): Result<SubscriberNumber | undefined> => {
  const fixed = record.length - 14;
  if (fixed < 0) return malformed();
  const [length = 0xff, kind = 0xff] = record.subarray(fixed);
  if (length === 0xff || length === 0) return ok(undefined);
  const label = parseCardText(record.subarray(0, fixed));
  if (length > 11 || label === undefined) return malformed();
  const digits = swappedDigits(record.subarray(fixed + 2, fixed + 1 + length)).replace(/F+$/, '');
  if (digits.includes('F')) return malformed();
  const type = types[(kind >> 4) & 0x07] ?? 'unknown';
  const dialled = digits.replace(/[A-E]/g, (digit) => signs[digit] ?? digit);
  return ok({
    label,
    number: type === 'international' && dialled !== '' ? `+${dialled}` : dialled,
    type,
    plan: plans.get(kind & 0x0f) ?? 'reserved',
    cut: record[fixed + 13] !== 0xff,
  });
};

const types: readonly NumberType[] = [
  'unknown',
  'international',
  'national',
  'network-specific',
  'subscriber',
  'alphanumeric',
  'abbreviated',
  'reserved',
];

const plans: ReadonlyMap<number, NumberPlan> = new Map([
  [0, 'unknown'],
  [1, 'isdn'],
  [3, 'data'],
  [4, 'telex'],
  [8, 'national'],
  [9, 'private'],
]);

/** Extended BCD (TS 31.102 table 4.4). E stands for a digit of its own extension, which nobody dials. */
const signs: Readonly<Record<string, string>> = { A: '*', B: '#', C: 'p', D: '?', E: '?' };

const malformed = () => fail('card-bad-answer', { what: 'subscriber-number' });

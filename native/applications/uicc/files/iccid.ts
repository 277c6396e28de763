import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import { swappedDigits } from './swapped-digits.ts';

/** The number of a SIM, as printed on it. */
export interface Iccid {
  /** 18 to 20 digits; a few operators also use the letters A to E. */
  readonly number: string;
  /** The last digit is the check digit of the others (ITU-T E.118, Luhn). */
  readonly checkDigitRight: boolean;
}

/** EF ICCID, 10 bytes (TS 102 221 §13.2). Faults: card-object-missing (never written), card-bad-answer. */
export const parseIccid = (bytes: Uint8Array): Result<Iccid> => {
  if (bytes.length === 10 && bytes.every((byte) => byte === 0xff))
    return fail('card-object-missing', { what: 'iccid' });
  const number = swappedDigits(bytes).replace(/F+$/, '');
  if (bytes.length !== 10 || !/^[0-9A-E]{18,20}$/.test(number))
    return fail('card-bad-answer', { what: 'iccid' });
  return ok({ number, checkDigitRight: hasLuhnDigit(number) });
};

const hasLuhnDigit = (number: string): boolean => {
  if (!/^[0-9]+$/.test(number)) return false;
  const sum = Array.from(number)
    .reverse()
    .reduce((total, character, at) => {
      const digit = Number(character) * (at % 2 === 0 ? 1 : 2);
      return total + (digit > 9 ? digit - 9 : digit);
    }, 0);
  return sum % 10 === 0;
};

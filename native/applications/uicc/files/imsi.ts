import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import { swappedDigits } from './swapped-digits.ts';

/**
 * EF IMSI, 9 bytes (TS 31.102 §4.2.2): length, then parity and the first digit in one byte, then the rest.
 * 6 to 15 digits. Faults: card-object-missing (never written), card-bad-answer.
 */
export const parseImsi = (bytes: Uint8Array): Result<string> => {
  const [length] = bytes;
  if (length === 0xff) return fail('card-object-missing', { what: 'imsi' });
  if (bytes.length !== 9 || length === undefined || length < 1 || length > 8)
    return fail('card-bad-answer', { what: 'imsi' });
  const digits = swappedDigits(bytes.subarray(1, 1 + length));
  // The first nibble: type 001, and b4 set for an odd count of digits.
  const odd = digits.startsWith('9');
  const imsi = odd ? digits.slice(1) : digits.slice(1, -1);
  const filled = odd || digits.endsWith('F');
  return (odd || digits.startsWith('1')) && filled && /^[0-9]{6,15}$/.test(imsi)
    ? ok(imsi)
    : fail('card-bad-answer', { what: 'imsi' });
};

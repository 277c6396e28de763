import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';

/** The two secrets with a counter: the card PIN and its unblocking code. */
export type Reference = 'pin' | 'puk';

/** Key references 80 and 81 (SP 800-73-4 part 1, table 4a). */
export const pinReference: Record<Reference, number> = { pin: 0x80, puk: 0x81 };

/**
 * Six to eight digits, filled up with FF to eight bytes (SP 800-73-4 part 2, §2.4.3). Checked here, because
 * a card counts a try for a PIN that cannot be right. Fault: card-pin-format.
 */
export const encodePin = (digits: string, which: Reference = 'pin'): Result<Uint8Array> => {
  if (!/^[0-9]{6,8}$/.test(digits)) return fail('card-pin-format', { which });
  const bytes = new Uint8Array(8).fill(0xff);
  for (let at = 0; at < digits.length; at++) bytes[at] = digits.charCodeAt(at);
  return ok(bytes);
};

import { fail, ok, type Result } from '../result/index.ts';

/** RFC 4648 §4, with padding, one line. */
export const toBase64 = (bytes: Uint8Array): string => encode(bytes, standard, true);

/** RFC 4648 §5, without padding. */
export const toBase64Url = (bytes: Uint8Array): string => encode(bytes, urlSafe, false);

/** Strict RFC 4648 §4: padding required, no white space, no stray bits. Fault: bad-input. */
export const parseBase64 = (text: string): Result<Uint8Array> => {
  if (text.length % 4 !== 0) return malformed();
  const body = text.endsWith('==') ? text.slice(0, -2) : text.endsWith('=') ? text.slice(0, -1) : text;
  return decode(body, standard);
};

/** Strict RFC 4648 §5: no padding, no white space, no stray bits. Fault: bad-input. */
export const parseBase64Url = (text: string): Result<Uint8Array> => decode(text, urlSafe);

const common = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const standard = `${common}+/`;
const urlSafe = `${common}-_`;

const encode = (bytes: Uint8Array, alphabet: string, padded: boolean): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const digits = left >= 3 ? 4 : left + 1;
    for (let digit = 0; digit < digits; digit++) text += alphabet.charAt((group >> (18 - 6 * digit)) & 63);
    if (padded) text += '='.repeat(4 - digits);
  }
  return text;
};

const decode = (text: string, alphabet: string): Result<Uint8Array> => {
  if (text.length % 4 === 1) return malformed();
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const character of text) {
    const digit = alphabet.indexOf(character);
    if (digit < 0) return malformed();
    held = ((held << 6) | digit) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (held >> bits) & 0xff;
    }
  }
  // Bits beyond the last byte must be zero, or two texts would mean the same bytes.
  return (held & ((1 << bits) - 1)) === 0 ? ok(bytes) : malformed();
};

const malformed = () => fail('bad-input', { field: 'base64' });

import { fail, ok, type Result } from '../result/index.ts';

/** Lower-case hex, two digits a byte. */
export const toHex = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
};

/** Hex digits of either case, no spaces. Fault: bad-input. */
export const parseHex = (text: string): Result<Uint8Array> => {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return fail('bad-input', { field: 'hex' });
  return ok(decode(text));
};

/** Bytes of a constant in the code; spaces may group it. Malformed hex is a bug and throws. */
export const fromHex = (constant: string): Uint8Array => {
  const text = constant.replaceAll(' ', '');
  if (!parseHex(text).ok) throw new Error(`Not hex: ${String(constant.length)} characters`);
  return decode(text);
};

const decode = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16);
  return bytes;
};

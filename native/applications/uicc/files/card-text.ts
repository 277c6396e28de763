/**
 * Text as SIMs hold it (TS 102 221 annex A): the GSM alphabet, one character a byte, filled up with FF; or
 * UCS-2 in one of three forms, told by the first byte. `undefined` when it is none of them.
 */
export const parseCardText = (bytes: Uint8Array): string | undefined => {
  switch (bytes[0]) {
    case 0x80:
      return ucs2(bytes.subarray(1));
    case 0x81:
      // length | base, bits 15 to 8 of it | characters
      return compressed(bytes, 3, (bytes[2] ?? 0) << 7);
    case 0x82:
      // length | base 2 | characters
      return compressed(bytes, 4, ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0));
    default:
      return gsm(bytes);
  }
};

const ucs2 = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const unit = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    if (unit === 0xffff) break;
    text += String.fromCharCode(unit);
  }
  return text.toWellFormed();
};

/** Below 80 the GSM alphabet, from 80 on an offset from the base. */
const compressed = (bytes: Uint8Array, start: number, base: number): string | undefined => {
  const length = bytes[1] ?? 0;
  const characters = bytes.subarray(start, start + length);
  if (characters.length !== length) return undefined;
  let text = '';
  for (let at = 0; at < length;) {
    const byte = characters[at] ?? 0;
    if (byte >= 0x80) {
      text += String.fromCharCode((base + (byte & 0x7f)) & 0xffff);
      at++;
      continue;
    }
    const end = characters.findIndex((other, index) => index >= at && other >= 0x80);
    const run = characters.subarray(at, end < 0 ? length : end);
    text += gsm(run) ?? '';
    at += run.length;
  }
  return text.toWellFormed();
};

const gsm = (bytes: Uint8Array): string | undefined => {
  let text = '';
  let escaped = false;
  for (const byte of bytes) {
    if (byte === 0xff) break;
    if (byte > 0x7f) return undefined;
    if (byte === ESCAPE && !escaped) {
      escaped = true;
      continue;
    }
    // An unknown character behind the escape is shown as in the plain alphabet (TS 23.038 §6.2.1.1).
    text += (escaped ? extension.get(byte) : undefined) ?? alphabet.charAt(byte);
    escaped = false;
  }
  return text;
};

const ESCAPE = 0x1b;

/** TS 23.038 §6.2.1, with a space for the escape. */
const alphabet =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ' +
  ' !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmnopqrstuvwxyzäöñüà';

const extension: ReadonlyMap<number, string> = new Map([
  [0x0a, '\f'],
  [0x14, '^'],
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
  [0x65, '€'],
]);

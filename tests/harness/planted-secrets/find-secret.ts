import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Where a secret was found, and in which form. */
export interface Finding {
  readonly secret: string;
  readonly form: string;
  readonly file: string;
}

/** Every form in which bytes get into a file by accident. */
export const formsOf = (secret: Uint8Array): ReadonlyMap<string, Buffer> => {
  const bytes = Buffer.from(secret);
  const utf16 = Buffer.from(bytes.toString('latin1'), 'utf16le');
  const hex = bytes.toString('hex');
  const list = [...bytes];
  return new Map([
    ['bytes', bytes],
    ['UTF-16LE', utf16],
    ['UTF-16BE', Buffer.from(utf16).swap16()],
    ['hex', Buffer.from(hex)],
    ['HEX', Buffer.from(hex.toUpperCase())],
    ['hex in UTF-16', Buffer.from(hex, 'utf16le')],
    ['hex with colons', Buffer.from(list.map((byte) => byte.toString(16).padStart(2, '0')).join(':'))],
    ['decimal list', Buffer.from(list.join(','))],
    ['decimal list with spaces', Buffer.from(list.join(', '))],
    ['decimal list over lines', Buffer.from(list.join(',\n'))],
    ['JSON of a typed array', Buffer.from(list.map((byte, at) => `"${at}":${byte}`).join(','))],
    ['decimal number', Buffer.from(BigInt(`0x${hex}`).toString())],
    ...[0, 1, 2].flatMap((before): [string, Buffer][] => {
      const inside = base64Inside(bytes, before);
      return [
        [`base64 at ${before}`, Buffer.from(inside)],
        [`base64url at ${before}`, Buffer.from(inside.replaceAll('+', '-').replaceAll('/', '_'))],
      ];
    }),
  ]);
};

/** The letters that stand for these bytes whatever comes before and after them. */
const base64Inside = (bytes: Buffer, before: number): string => {
  const whole = Buffer.concat([Buffer.alloc(before), bytes]);
  const text = whole.toString('base64').replace(/=+$/, '');
  const last = whole.length % 3 === 0 ? text.length : text.length - 1;
  return text.slice([0, 2, 3][before], last);
};

/** A few digits are part of many numbers: alone they must stand alone to count. */
const isWord = (byte: number | undefined): boolean =>
  byte !== undefined && /[0-9A-Za-z+/]/.test(String.fromCharCode(byte));

/** Whether a secret stands in a file or a text, as it is. */
export const holds = (content: Buffer, wanted: Buffer): boolean => {
  const isDigits = /^\d{1,10}$/.test(wanted.toString('latin1'));
  for (let at = content.indexOf(wanted); at >= 0; at = content.indexOf(wanted, at + 1))
    if (!isDigits || (!isWord(content[at - 1]) && !isWord(content[at + wanted.length]))) return true;
  return false;
};

/** Looks for all secrets in all files below a folder. */
export const findSecrets = (folder: string, secrets: Readonly<Record<string, Uint8Array>>): Finding[] => {
  const wanted = Object.entries(secrets).flatMap(([secret, bytes]) =>
    [...formsOf(bytes)].map(([form, pattern]) => ({ secret, form, pattern })),
  );
  return filesBelow(folder).flatMap((file) => {
    const content = readFileSync(file);
    return wanted
      .filter(({ pattern }) => holds(content, pattern))
      .map(({ secret, form }) => ({ secret, form, file: relative(folder, file) }));
  });
};

export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

export const concatBytes = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** For public values. Compare secrets, MACs and cryptograms with `equalBytesConstantTime`. */
export const equalBytes = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, at) => byte === other[at]);

/** Takes the same time wherever the first difference is; only the lengths show. */
export const equalBytesConstantTime = (one: Uint8Array, other: Uint8Array): boolean => {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (let at = 0; at < one.length; at++) difference |= (one[at] ?? 0) ^ (other[at] ?? 0);
  return difference === 0;
};

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** `undefined` when the bytes are not UTF-8: nothing is replaced silently. */
export const parseUtf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
};

interface TextCoder {
  encode(text: string): Uint8Array;
}
interface TextParser {
  decode(bytes: Uint8Array): string;
}
// Present in Node, browsers and workers alike, but in none of the type libraries this floor compiles with.
declare const TextEncoder: new () => TextCoder;
declare const TextDecoder: new (label: string, options: { fatal: boolean; ignoreBOM: boolean }) => TextParser;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

import { fail, ok, type Result } from '../result/index.ts';

/** One BER-TLV data object (ISO/IEC 7816-4 §5.2.2). `tag` is the tag's bytes read as one number, e.g. 0x5fc105. */
export interface Tlv {
  readonly tag: number;
  readonly value: Uint8Array;
}

/** Tag, minimal length and the parts one after another as value. At most 16 MiB − 1. */
export const encodeTlv = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  let length = 0;
  for (const part of parts) length += part.length;
  if (length >= 0x1000000) throw new Error('A data object of 16 MiB or more');
  const tagBytes = bytesOf(tag);
  const moreLengthBytes = length < 0x80 ? 0 : bytesOf(length);
  // In one piece: a certificate is made of dozens of these.
  const whole = new Uint8Array(tagBytes + 1 + moreLengthBytes + length);
  writeNumber(whole, 0, tagBytes, tag);
  let at = tagBytes + 1 + moreLengthBytes;
  whole[tagBytes] = moreLengthBytes === 0 ? length : 0x80 + moreLengthBytes;
  writeNumber(whole, tagBytes + 1, moreLengthBytes, length);
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

const bytesOf = (value: number): number => {
  let bytes = 0;
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes += 1;
  return bytes;
};

/** Big-endian. */
const writeNumber = (into: Uint8Array, at: number, bytes: number, value: number): void => {
  for (let rest = value, place = at + bytes - 1; place >= at; place -= 1, rest = Math.floor(rest / 256))
    into[place] = rest % 256;
};

/** The tag's own bytes, e.g. 5F C1 05, as GET DATA names an object in its tag list. */
export const encodeTag = (tag: number): Uint8Array => {
  const bytes = new Uint8Array(bytesOf(tag));
  writeNumber(bytes, 0, bytes.length, tag);
  return bytes;
};

/**
 * All data objects of a byte string, which must end exactly with the last one. Accepts longer length
 * forms than needed (cards use them), refuses the indefinite form. Fault: card-bad-answer.
 */
export const parseTlvs = (bytes: Uint8Array): Result<readonly Tlv[]> => {
  const found: Tlv[] = [];
  let at = 0;
  while (at < bytes.length) {
    const header = readHeader(bytes, at);
    if (header === undefined || header.end > bytes.length) return malformed(at);
    found.push({ tag: header.tag, value: bytes.subarray(header.start, header.end) });
    at = header.end;
  }
  return ok(found);
};

/** Exactly one data object with this tag and nothing behind it; gives its value. Fault: card-bad-answer. */
export const unwrapTlv = (bytes: Uint8Array, tag: number): Result<Uint8Array> => {
  const parsed = parseTlvs(bytes);
  if (!parsed.ok) return parsed;
  const [only, ...rest] = parsed.value;
  return only?.tag === tag && rest.length === 0 ? ok(only.value) : malformed(0);
};

/** Value of the first object with this tag. */
export const findTlv = (tlvs: readonly Tlv[], tag: number): Uint8Array | undefined =>
  tlvs.find((tlv) => tlv.tag === tag)?.value;

interface Header {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

const readHeader = (bytes: Uint8Array, from: number): Header | undefined => {
  let at = from;
  const first = bytes[at++];
  // 00 is padding between objects in some encodings; in those of this house it is damage.
  if (first === undefined || first === 0) return undefined;
  let tag = first;
  if ((first & 0x1f) === 0x1f) {
    let next: number | undefined;
    do {
      next = bytes[at++];
      if (next === undefined || at - from > 4) return undefined;
      tag = tag * 256 + next;
    } while ((next & 0x80) !== 0);
  }
  const short = bytes[at++];
  if (short === undefined) return undefined;
  if (short < 0x80) return { tag, start: at, end: at + short };
  const count = short & 0x7f;
  if (count === 0 || count > 3) return undefined;
  let length = 0;
  for (let digit = 0; digit < count; digit++) {
    const byte = bytes[at++];
    if (byte === undefined) return undefined;
    length = length * 256 + byte;
  }
  return { tag, start: at, end: at + length };
};

const malformed = (at: number) => fail('card-bad-answer', { what: 'tlv', at });

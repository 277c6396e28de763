import { fail, ok, type Result } from '../result/index.ts';
import { concatBytes } from './bytes.ts';

/** One BER-TLV data object (ISO/IEC 7816-4 §5.2.2). `tag` is the tag's bytes read as one number, e.g. 0x5fc105. */
export interface Tlv {
  readonly tag: number;
  readonly value: Uint8Array;
}

/** Tag, minimal length and the parts one after another as value. At most 16 MiB − 1. */
export const encodeTlv = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const value = concatBytes(...parts);
  return concatBytes(encodeTag(tag), encodeLength(value.length), value);
};

/** The tag's own bytes, e.g. 5F C1 05, as GET DATA names an object in its tag list. */
export const encodeTag = (tag: number): Uint8Array => {
  const bytes: number[] = [];
  for (let rest = tag; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return new Uint8Array(bytes);
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

const encodeLength = (length: number): Uint8Array => {
  if (length < 0x80) return new Uint8Array([length]);
  if (length < 0x100) return new Uint8Array([0x81, length]);
  if (length < 0x10000) return new Uint8Array([0x82, length >> 8, length & 0xff]);
  if (length < 0x1000000) return new Uint8Array([0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]);
  throw new Error('A data object of 16 MiB or more');
};

const malformed = (at: number) => fail('card-bad-answer', { what: 'tlv', at });

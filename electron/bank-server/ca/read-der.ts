/** One value in DER (X.690, 10): its tag, all of it, and what is in it. */
export interface DerValue {
  readonly tag: number;
  readonly whole: Uint8Array;
  readonly content: Uint8Array;
}

/**
 * The values that follow one another in these bytes, to the last of them. Undefined for what is not DER:
 * a length longer written than needed, one that ends outside, the indefinite form, a tag of several bytes; and for
 * more values than any structure read here has.
 */
export const readDer = (bytes: Uint8Array): readonly DerValue[] | undefined => {
  const values: DerValue[] = [];
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at] ?? 0;
    let [start, length] = [at + 2, bytes[at + 1] ?? -1];
    if ((tag & 0x1f) === 0x1f || length < 0 || length === 0x80 || length > 0x84) return undefined;
    if (length > 0x80) {
      const end = start + (length & 0x7f);
      const first = bytes[start] ?? 0;
      for (length = 0; start < end; start += 1) length = length * 256 + (bytes[start] ?? 0);
      if (first === 0 || length < 0x80) return undefined;
    }
    const end = start + length;
    if (end > bytes.length) return undefined;
    if (values.length === MOST) return undefined;
    values.push(new ValueInside(bytes, tag, at, start, end));
    at = end;
  }
  return values;
};

/** What is in the one SEQUENCE that these bytes are. */
export const readSequence = (bytes: Uint8Array): readonly DerValue[] | undefined => {
  const [only, ...more] = readDer(bytes) ?? [];
  return only?.tag === SEQUENCE && more.length === 0 ? readDer(only.content) : undefined;
};

/** Cut out when asked for: of most values one of the two is wanted, of many none. */
class ValueInside implements DerValue {
  readonly #bytes: Uint8Array;
  readonly tag: number;
  readonly #at: number;
  readonly #start: number;
  readonly #end: number;
  constructor(bytes: Uint8Array, tag: number, at: number, start: number, end: number) {
    this.#bytes = bytes;
    this.tag = tag;
    this.#at = at;
    this.#start = start;
    this.#end = end;
  }
  get whole(): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#end);
  }
  get content(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }
}

const SEQUENCE = 0x30;
const MOST = 64;

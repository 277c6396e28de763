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
    values.push({ tag, whole: bytes.subarray(at, end), content: bytes.subarray(start, end) });
    at = end;
  }
  return values;
};

/** What is in the one SEQUENCE that these bytes are. */
export const readSequence = (bytes: Uint8Array): readonly DerValue[] | undefined => {
  const [only, ...more] = readDer(bytes) ?? [];
  return only?.tag === SEQUENCE && more.length === 0 ? readDer(only.content) : undefined;
};

const SEQUENCE = 0x30;
const MOST = 64;

import { describe, expect, it } from 'vitest';
import {
  concatBytes,
  encodeCommand,
  encodeTag,
  encodeTlv,
  equalBytes,
  equalBytesConstantTime,
  findTlv,
  fromHex,
  parseBase64,
  parseBase64Url,
  parseCommand,
  parseHex,
  parseResponse,
  parseTlvs,
  parseUtf8,
  statusClass,
  toBase64,
  toBase64Url,
  toHex,
  triesLeftOf,
  unwrapTlv,
  utf8,
} from '../../../electron/shared/codec/index.ts';
import { recorded, objects } from '../../harness/piv-vectors.ts';

/** A small seeded generator (mulberry32), so that a failing row can be run again. */
const randomBytes = (seed: number, length: number): Uint8Array => {
  let state = seed;
  return Uint8Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) & 0xff;
  });
};

const valueOf = <T>(result: { ok: true; value: T } | { ok: false; fault: unknown }): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

describe('hex and bytes', () => {
  it('reads back what it wrote', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    expect(valueOf(parseHex(toHex(bytes)))).toEqual(bytes);
    expect(toHex(fromHex('00 A4 04 0c'))).toBe('00a4040c');
  });
  it.each(['0', 'zz', '0x00', '00 11'])('refuses %j', (text) => {
    expect(parseHex(text)).toMatchObject({ ok: false, fault: { code: 'bad-input' } });
  });
  it('throws for a malformed constant without showing it', () => {
    expect(() => fromHex('31323334353')).toThrow(/11 characters/);
  });
  it('compares', () => {
    for (const equal of [equalBytes, equalBytesConstantTime]) {
      expect(equal(fromHex('0102'), fromHex('0102'))).toBe(true);
      expect(equal(fromHex('0102'), fromHex('0103'))).toBe(false);
      expect(equal(fromHex('0102'), fromHex('8102'))).toBe(false);
      expect(equal(fromHex('0102'), fromHex('010200'))).toBe(false);
    }
  });
  it('keeps UTF-8 as it is', () => {
    expect(parseUtf8(utf8('李娜'))).toBe('李娜');
    expect(parseUtf8(fromHex('c328'))).toBeUndefined();
  });
});

describe('base64', () => {
  it('agrees with the platform for every length', () => {
    for (let length = 0; length < 70; length++) {
      const bytes = randomBytes(length, length);
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      expect(valueOf(parseBase64(toBase64(bytes)))).toEqual(bytes);
      expect(valueOf(parseBase64Url(toBase64Url(bytes)))).toEqual(bytes);
    }
  });
  it.each(['A', 'AA', 'AA=', 'AB==', 'AAB=', 'AA==AAAA', 'A A=', 'AA-_', '====', 'AAAA\n'])(
    'refuses %j',
    (text) => {
      expect(parseBase64(text).ok).toBe(false);
    },
  );
  it.each(['A', 'AB', 'AA==', 'AA+/'])('refuses %j in URLs', (text) => {
    expect(parseBase64Url(text).ok).toBe(false);
  });
});

describe('TLV', () => {
  it('encodes tags and lengths of every size', () => {
    expect(toHex(encodeTlv(0x5c, encodeTag(0x5fc105)))).toBe('5c035fc105');
    expect(toHex(encodeTlv(0x7f49)).slice(0, 6)).toBe('7f4900');
    expect(toHex(encodeTlv(0x53, new Uint8Array(127)).subarray(0, 2))).toBe('537f');
    expect(toHex(encodeTlv(0x53, new Uint8Array(128)).subarray(0, 3))).toBe('538180');
    expect(toHex(encodeTlv(0x53, new Uint8Array(256)).subarray(0, 4))).toBe('53820100');
    expect(toHex(encodeTlv(0x53, new Uint8Array(0x10000)).subarray(0, 5))).toBe('5383010000');
  });
  it('reads the public objects', () => {
    const key = valueOf(unwrapTlv(fromHex(objects.genkey[1]!.response), 0x7f49));
    const parts = valueOf(parseTlvs(key));
    expect(findTlv(parts, 0x81)?.length).toBe(256);
    expect(toHex(findTlv(parts, 0x82)!)).toBe('010001');
    for (const { hex } of objects.ccc) expect(parseTlvs(fromHex(hex)).ok).toBe(true);
  });
  it('accepts a longer length form than needed', () => {
    expect(valueOf(parseTlvs(fromHex('5382000141')))).toEqual([{ tag: 0x53, value: fromHex('41') }]);
  });
  it.each([
    '53',
    '5301',
    '5f',
    '5fc1',
    '5fc1c1c102',
    '538041',
    '5384000000014a',
    '5381',
    '00',
    '530100ff',
    '1f8182',
  ])('refuses %s', (hex) => {
    expect(parseTlvs(fromHex(hex))).toMatchObject({ ok: false, fault: { code: 'card-bad-answer' } });
  });
  it('wants exactly the one object it was asked to unwrap', () => {
    expect(unwrapTlv(fromHex('5301417e00'), 0x53).ok).toBe(false);
    expect(unwrapTlv(fromHex('7e0141'), 0x53).ok).toBe(false);
    expect(unwrapTlv(new Uint8Array(0), 0x53).ok).toBe(false);
  });
  it('reads back what it wrote, and never throws on anything else', () => {
    for (let seed = 1; seed < 400; seed++) {
      const value = randomBytes(seed, seed % 300);
      const written = concatBytes(encodeTlv(0x7e, value), encodeTlv(0x5fff12, value));
      expect(valueOf(parseTlvs(written))).toEqual([
        { tag: 0x7e, value },
        { tag: 0x5fff12, value },
      ]);
      expect(parseTlvs(written.subarray(0, written.length - 1)).ok).toBe(false);
      parseTlvs(value);
    }
  });
});

describe('APDUs', () => {
  it('reads and writes every recorded command', () => {
    let read = 0;
    for (const exchange of Object.values(recorded.traces).flat()) {
      const command = parseCommand(fromHex(exchange.cmd));
      // The documentation's traces leave out Le after data and pad some of them wrongly.
      if (!command.ok) continue;
      expect(toHex(encodeCommand(command.value))).toBe(exchange.cmd);
      read++;
    }
    expect(read).toBeGreaterThan(35);
  });
  const header = { cla: 0x00, ins: 0xcb, p1: 0x3f, p2: 0xff };
  it.each([
    ['case 1', header, '00cb3fff'],
    ['case 2 short', { ...header, le: 256 }, '00cb3fff00'],
    ['case 2 extended', { ...header, le: 65536 }, '00cb3fff000000'],
    ['case 3 short', { ...header, data: fromHex('0102') }, '00cb3fff020102'],
    ['case 4 short', { ...header, data: fromHex('0102'), le: 16 }, '00cb3fff02010210'],
    ['case 4 extended', { ...header, data: fromHex('0102'), le: 257 }, '00cb3fff00000201020101'],
  ])('%s', (_, command, hex) => {
    expect(toHex(encodeCommand(command))).toBe(hex);
    expect(valueOf(parseCommand(fromHex(hex)))).toEqual(command);
  });
  it('case 3 extended', () => {
    const command = { ...header, data: new Uint8Array(256).fill(7) };
    const bytes = encodeCommand(command);
    expect(toHex(bytes.subarray(0, 8))).toBe('00cb3fff00010007');
    expect(valueOf(parseCommand(bytes))).toEqual(command);
  });
  it.each([
    '',
    '00cb3f',
    '00cb3fff0201',
    '00cb3fff02010203ff',
    '00cb3fff0000',
    '00cb3fff00000201',
    '00cb3fff000000ff',
  ])('refuses %j', (hex) => {
    expect(parseCommand(fromHex(hex)).ok).toBe(false);
  });
  it('refuses an answer without a status word', () => {
    expect(parseResponse(fromHex('90'))).toMatchObject({ fault: { code: 'card-bad-answer' } });
    expect(valueOf(parseResponse(fromHex('0102 6a82')))).toEqual({ data: fromHex('0102'), sw: 0x6a82 });
  });
  it('sorts status words by class', () => {
    expect([0x9000, 0x6100, 0x6c10, 0x63c2, 0x6983, 0x6982, 0x6985, 0x6a80, 0x6700].map(statusClass)).toEqual(
      [
        'done',
        'more-data',
        'use-length',
        'tries-left',
        'blocked',
        'not-authenticated',
        'conditions',
        'wrong-data',
        'wrong-data',
      ],
    );
    expect([0x6a82, 0x6a88, 0x6a84, 0x6d00, 0x6e00, 0x6a81, 0x6881, 0x6283, 0x6f00].map(statusClass)).toEqual(
      [
        'not-found',
        'not-found',
        'full',
        'unsupported',
        'unsupported',
        'unsupported',
        'unsupported',
        'warning',
        'failure',
      ],
    );
    expect(triesLeftOf(0x63c2)).toBe(2);
    expect(triesLeftOf(0x6302)).toBeUndefined();
  });
});

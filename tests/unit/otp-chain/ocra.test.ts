import { createHash, hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex, utf8 } from '../../../electron/shared/codec/index.ts';
import { hashLength, hkdfSha256 } from '../../../electron/shared/codec/hkdf/index.ts';
import {
  ocra,
  parseOcraSuite,
  type OcraInput,
  type OcraSuite,
} from '../../../electron/shared/codec/otp-chain/index.ts';
import { nodeHmac } from './node-hmac.ts';

interface Vector {
  suite: string;
  key: string;
  q: string;
  r: string;
  c?: number;
  pin?: string;
  t?: string;
  mutual?: string;
}

const vectors: { vectors: Vector[]; invalid_suites: { suites: string[] } } = JSON.parse(
  readFileSync(new URL('../../vectors/oath/ocra.json', import.meta.url), 'utf8'),
);

const suiteOf = (text: string): OcraSuite => {
  const suite = parseOcraSuite(text);
  if (!suite.ok) throw new Error(`refused: ${text}`);
  return suite.value;
};

const inputOf = (suite: OcraSuite, vector: Vector): OcraInput => ({
  question: vector.mutual ? [vector.q.slice(0, 8), vector.q.slice(8)] : vector.q,
  ...(vector.c === undefined ? {} : { counter: vector.c }),
  ...(vector.pin === undefined || !suite.pin
    ? {}
    : { pinHash: createHash(suite.pin).update(vector.pin).digest() }),
  ...(vector.t === undefined ? {} : { timeSteps: Number.parseInt(vector.t, 16) }),
});

describe('OCRA (RFC 6287, appendix C)', () => {
  it.each(vectors.vectors)('$suite $q $c', async (vector) => {
    const suite = suiteOf(vector.suite);
    expect(await ocra(nodeHmac, suite, fromHex(vector.key), inputOf(suite, vector))).toEqual({
      ok: true,
      value: vector.r,
    });
  });

  it('reads every vector', () => expect(vectors.vectors.length).toBeGreaterThan(40));

  it.each(vectors.invalid_suites.suites)('refuses the suite %s', (suite) => {
    expect(parseOcraSuite(suite)).toEqual({
      ok: false,
      fault: { code: 'bad-input', data: { field: 'suite' } },
    });
  });

  it.each([
    'OCRA-1:HOTP-SHA1-0:QN08',
    'OCRA-1:HOTP-SHA1-11:QN08',
    'OCRA-1:HOTP-SHA1-6:QN08-T0S',
    'OCRA-1:HOTP-SHA1-6:QN08-T49H',
    'OCRA-1:HOTP-SHA1-6:QN08-S000',
    'OCRA-1:HOTP-SHA1-6:QN08-S513',
    'OCRA-1:HOTP-SHA1-6:QN08-T1M-S064',
    'OCRA-1:HOTP-SHA1-6:QN08:',
    ' OCRA-1:HOTP-SHA1-6:QN08',
    'OCRA-1:HOTP-SHA1-6:QN08\n',
  ])('refuses the suite %j', (suite) => expect(parseOcraSuite(suite).ok).toBe(false));

  it('puts session information on the right of its field', async () => {
    const suite = suiteOf('OCRA-1:HOTP-SHA256-8:QH32-S064');
    const key = fromHex('00'.repeat(32));
    const question = 'ab'.repeat(16);
    const short = await ocra(nodeHmac, suite, key, { question, session: utf8('12345678') });
    const padded = new Uint8Array(64);
    padded.set(utf8('12345678'), 56);
    expect(short).toEqual(await ocra(nodeHmac, suite, key, { question, session: padded }));
    expect(short).not.toEqual(await ocra(nodeHmac, suite, key, { question, session: utf8('12345679') }));
  });

  const full = 'OCRA-1:HOTP-SHA256-8:C-QN08-PSHA1-S064-T1M';
  const whole: OcraInput = {
    question: '12345678',
    counter: 1,
    pinHash: new Uint8Array(20),
    session: new Uint8Array(64),
    timeSteps: 7,
  };
  const without = (field: keyof OcraInput): OcraInput => ({ ...whole, [field]: undefined });

  it('takes a whole input', async () =>
    expect((await ocra(nodeHmac, suiteOf(full), new Uint8Array(20), whole)).ok).toBe(true));

  it.each([
    ['counter', without('counter')],
    ['counter', { ...whole, counter: -1 }],
    ['counter', { ...whole, counter: 2 ** 53 }],
    ['pinHash', without('pinHash')],
    ['pinHash', { ...whole, pinHash: new Uint8Array(32) }],
    ['session', without('session')],
    ['session', { ...whole, session: new Uint8Array(65) }],
    ['timeSteps', without('timeSteps')],
    ['timeSteps', { ...whole, timeSteps: 0.5 }],
    ['question', { ...whole, question: '' }],
    ['question', { ...whole, question: '123456789' }],
    ['question', { ...whole, question: '1234567a' }],
    ['question', { ...whole, question: ['1234567', '12345678'] }],
  ] as const)('refuses an input with a wrong %s', async (field, input) => {
    expect(await ocra(nodeHmac, suiteOf(full), new Uint8Array(20), input)).toEqual({
      ok: false,
      fault: { code: 'bad-input', data: { field } },
    });
  });

  it.each([
    ['OCRA-1:HOTP-SHA1-6:QN08', 'counter', { question: '1', counter: 1 }],
    ['OCRA-1:HOTP-SHA1-6:QN08', 'pinHash', { question: '1', pinHash: new Uint8Array(20) }],
    ['OCRA-1:HOTP-SHA1-6:QN08', 'session', { question: '1', session: new Uint8Array(1) }],
    ['OCRA-1:HOTP-SHA1-6:QN08', 'timeSteps', { question: '1', timeSteps: 1 }],
  ] as const)('refuses with %s an input that has a %s', async (suite, field, input) => {
    expect(await ocra(nodeHmac, suiteOf(suite), new Uint8Array(20), input)).toMatchObject({
      fault: { data: { field } },
    });
  });
});

describe('HKDF-SHA256 (RFC 5869, appendix A)', () => {
  it('gives test case 1', async () => {
    const output = await hkdfSha256(nodeHmac, {
      secret: fromHex('0b'.repeat(22)),
      salt: fromHex('000102030405060708090a0b0c'),
      info: fromHex('f0f1f2f3f4f5f6f7f8f9'),
      length: 42,
    });
    expect(toHex(output)).toBe(
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    );
  });

  it.each([1, 31, 32, 33, 64, 100, 255 * 32])('gives %i bytes as node:crypto does', async (length) => {
    const [secret, info] = [utf8('secret'), utf8('info')];
    for (const salt of [new Uint8Array(0), utf8('salt')]) {
      const output = await hkdfSha256(nodeHmac, { secret, salt, info, length });
      expect(toHex(output)).toBe(toHex(new Uint8Array(hkdfSync('sha256', secret, salt, info, length))));
    }
  });

  it.each([0, -1, 1.5, 255 * hashLength.sha256 + 1])('has no %d bytes', async (length) => {
    const empty = new Uint8Array(0);
    await expect(hkdfSha256(nodeHmac, { secret: empty, salt: empty, info: empty, length })).rejects.toThrow();
  });
});

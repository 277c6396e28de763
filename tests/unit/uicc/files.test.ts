import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../electron/shared/codec/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import { parseCardText } from '../../../native/applications/uicc/files/card-text.ts';
import { parseIccid } from '../../../native/applications/uicc/files/iccid.ts';
import { parseImsi } from '../../../native/applications/uicc/files/imsi.ts';
import { parseServiceProvider } from '../../../native/applications/uicc/files/service-provider.ts';
import { parseSubscriberNumber } from '../../../native/applications/uicc/files/subscriber-number.ts';

interface Vectors {
  readonly iccid: readonly { readonly raw: string; readonly iccid: string }[];
  readonly imsi: readonly { readonly raw: string; readonly imsi: string }[];
  readonly spn: readonly {
    readonly raw: string;
    readonly show: boolean;
    readonly hide: boolean;
    readonly spn: string;
  }[];
  readonly msisdn: readonly {
    readonly raw: string;
    readonly alpha: string;
    readonly ton: string;
    readonly npi: string;
    readonly number: string;
  }[];
}
const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/uicc/files.json', import.meta.url), 'utf8'),
) as Vectors;

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.data)}`);
  return result.value;
};
const bad = { fault: { code: 'card-bad-answer' } };
const missing = { fault: { code: 'card-object-missing' } };

describe('ICCID', () => {
  it.each(vectors.iccid)('$iccid', ({ raw, iccid }) => {
    expect(valueOf(parseIccid(fromHex(raw))).number).toBe(iccid);
  });

  it.each([
    ['98680010325476981092', '89860001234567890129', true],
    ['98680010325476981002', '89860001234567890120', false],
    ['984411111111111111f0', '8944111111111111110', true],
    ['984411111111111111f1', '8944111111111111111', false],
  ])('%s says whether the check digit is right', (raw, number, checkDigitRight) => {
    expect(valueOf(parseIccid(fromHex(raw)))).toEqual({ number, checkDigitRight });
  });

  it('may have letters, as a few operators print them', () => {
    expect(valueOf(parseIccid(fromHex('986800a0325476981032')))).toEqual({
      number: '8986000A234567890123',
      checkDigitRight: false,
    });
  });

  it.each([
    '',
    '98',
    '9888120100004003f0',
    '988812010000400310f0ff',
    '98881201f000400310f0',
    '98880000ffffffffffff',
  ])('is a bad answer: %s', (raw) => {
    expect(parseIccid(fromHex(raw))).toMatchObject(bad);
  });

  it('that was never written is missing', () => {
    expect(parseIccid(new Uint8Array(10).fill(0xff))).toMatchObject(missing);
  });
});

describe('IMSI', () => {
  it.each(vectors.imsi)('$imsi', ({ raw, imsi }) => {
    expect(valueOf(parseImsi(fromHex(raw)))).toBe(imsi);
  });

  it.each([
    ['0841060021436587f9', '46000123456789'],
    ['04410600f1ffffffff', '460001'],
  ])('%s with an even count of digits ends in a filler', (raw, imsi) => {
    expect(valueOf(parseImsi(fromHex(raw)))).toBe(imsi);
  });

  it.each([
    ['nothing', ''],
    ['cut', '0829826082000020'],
    ['too long', '08298260820000208000'],
    ['a length of nothing', '002982608200002080'],
    ['a length beyond the file', '092982608200002080'],
    ['another kind of identity', '082a82608200002080'],
    ['letters', '0829826082000020a0'],
    ['an even one without its filler', '082182608200002080'],
  ])('with %s is a bad answer', (_, raw) => {
    expect(parseImsi(fromHex(raw))).toMatchObject(bad);
  });

  it('that was never written is missing', () => {
    expect(parseImsi(new Uint8Array(9).fill(0xff))).toMatchObject(missing);
  });
});

describe('text', () => {
  it.each([
    ['GSM', '47534d2d52204348ffff', 'GSM-R CH'],
    ['GSM with its own letters', '0011127c5e7f60', '@_ΦöÜà¿'],
    ['GSM with escapes', '1b651b3c1b3e1b0041', '€[]@A'],
    ['an escape at the end', '411b', 'A'],
    ['nothing', 'ffffff', ''],
    ['no bytes', '', ''],
    ['UCS-2', '804e2d56fd79fb52a8ffffffff', '中国移动'],
    ['UCS-2 with half a character at the end', '804e2d56', '中'],
    ['UCS-2 with half a pair', '80d8004e2d', '\ufffd中'],
  ])('%s', (_, raw, expected) => {
    expect(parseCardText(fromHex(raw))).toBe(expected);
  });

  it('UCS-2 with a base, as the annex shows it', () => {
    // TS 102 221 annex A, example of coding 81: base 13 → 0980; 95 → 0995, A6 → 09A6, A6, FF.
    expect(parseCardText(fromHex('81051353 95a6a6ffff'))).toBe('S\u0995\u09a6\u09a6\u09ff');
    // And of coding 82: base 0530; 2D '-', 82 → 0532, D3 → 0583, 2D '-', 31 '1'.
    expect(parseCardText(fromHex('82050530 2d82d32d31'))).toBe('-\u0532\u0583-1');
  });

  it.each(['8110534142', '41e1', '90'])('that is none of these: %s', (raw) => {
    expect(parseCardText(fromHex(raw))).toBeUndefined();
  });
});

describe('the service provider', () => {
  it.each(vectors.spn)('$spn', ({ raw, show, hide, spn }) => {
    expect(valueOf(parseServiceProvider(fromHex(raw)))).toEqual({
      name: spn,
      showNetwork: show,
      hideAbroad: hide,
    });
  });

  it('in Chinese', () => {
    expect(valueOf(parseServiceProvider(fromHex('03804e2d56fd79fb52a8ffffffffffffff')))).toEqual({
      name: '中国移动',
      showNetwork: true,
      hideAbroad: true,
    });
  });

  it('that is empty is missing', () => {
    expect(parseServiceProvider(new Uint8Array(17).fill(0xff))).toMatchObject(missing);
    expect(parseServiceProvider(new Uint8Array(0))).toMatchObject(bad);
    expect(parseServiceProvider(fromHex('0190'))).toMatchObject(bad);
  });
});

describe('a subscriber number', () => {
  it.each(vectors.msisdn)('$number', ({ raw, alpha, ton, npi, number }) => {
    expect(valueOf(parseSubscriberNumber(fromHex(raw)))).toEqual({
      label: alpha,
      type: ton,
      plan: npi,
      number: ton === 'international' ? `+${number}` : number,
      cut: false,
    });
  });

  it('in a record without room for a label', () => {
    expect(
      valueOf(parseSubscriberNumber(fromHex('07 91 68 31 08 10 08 f0 ff ff ff ff ff ff'))),
    ).toMatchObject({
      label: '',
      number: '+86138001800',
    });
  });

  it('with signs, and one that goes on elsewhere', () => {
    expect(
      valueOf(parseSubscriberNumber(fromHex('04 81 1a c2 bd ff ff ff ff ff ff ff ff 01'))),
    ).toMatchObject({
      number: '*12p?#',
      type: 'unknown',
      cut: true,
    });
  });

  it('that is empty is no number', () => {
    expect(valueOf(parseSubscriberNumber(new Uint8Array(28).fill(0xff)))).toBeUndefined();
    expect(valueOf(parseSubscriberNumber(new Uint8Array(14)))).toBeUndefined();
  });

  it.each([
    ['too short a record', 'ffffff'],
    ['a length beyond its place', '0c9168310810080000000000 ffff'],
    ['a filler in the middle', '0791681f08100800ffffffffffff'],
    ['a label that is no text', 'e1079168310810080000ffffffffffff'],
  ])('with %s is a bad answer', (_, raw) => {
    expect(parseSubscriberNumber(fromHex(raw))).toMatchObject(bad);
  });
});

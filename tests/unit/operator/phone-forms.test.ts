import { describe, expect, it } from 'vitest';
import { html } from '../../../electron/operator-platform/phone/html.ts';
import {
  formatAccount,
  formatMoney,
  formatPhone,
  maskAccount,
  parseAccount,
  parseMoney,
  parsePhone,
} from '../../../electron/operator-platform/phone/money.ts';
import { localeOf, wordsIn } from '../../../electron/operator-platform/phone/words/index.ts';
import { responseCode } from '../../../electron/shared/operator-api/index.ts';

describe('what a person types', () => {
  it.each([
    ['1', 1_00],
    ['1234.5', 1_234_50],
    ['1,234.56', 1_234_56],
    ['１２３．４５', 123_45],
    [' 88 ', 88_00],
    ['0.01', 1],
    ['19.99', 19_99],
    ['1.10', 1_10],
    ['0', undefined],
    ['0.00', undefined],
    ['-5', undefined],
    ['1.234', undefined],
    ['1e5', undefined],
    ['1.', undefined],
    ['.5', undefined],
    ['', undefined],
    ['9999999999999', undefined],
    ['１２a', undefined],
  ])('%j is an amount of %s', (typed, amount) => {
    expect(parseMoney(typed, 'CNY')).toBe(amount);
  });

  it('an amount of yen has no sen', () => {
    expect(parseMoney('500', 'JPY')).toBe(500);
    expect(parseMoney('500.0', 'JPY')).toBeUndefined();
  });

  it.each([
    ['6230 5810 0001 0012 345', '6230581000010012345'],
    ['6230-5810-0001-0012-345', '6230581000010012345'],
    ['６２３０５８１０００', '6230581000'],
    ['123456789', undefined],
    ['1'.repeat(25), undefined],
    ['62305810000100x', undefined],
  ])('%j is the account %s', (typed, account) => {
    expect(parseAccount(typed)).toBe(account);
  });

  it.each([
    ['13800100001', '+8613800100001'],
    ['138 0010 0001', '+8613800100001'],
    ['+86 (138) 0010-0001', '+8613800100001'],
    ['+441234567890', '+441234567890'],
    ['0041', undefined],
    ['23800100001', undefined],
    ['+', undefined],
  ])('%j is the number %s', (typed, phone) => {
    expect(parsePhone(typed)).toBe(phone);
  });
});

describe('what a person reads', () => {
  it('is grouped', () => {
    expect(formatAccount('6230581000010012345')).toBe('6230 5810 0001 0012 345');
    expect(maskAccount('6230581000010012345')).toBe('•••• 2345');
    expect(formatPhone('+8613800100001')).toBe('+86 138 0010 0001');
    expect(formatMoney('zh-CN', 1_234_50, 'CNY')).toBe('¥1,234.50');
    expect(formatMoney('en', 500, 'JPY')).toBe('¥500');
  });

  it('is escaped, and HTML is not', () => {
    expect(
      html`<p title="${`"'<>&`}">${html`<b>${'<i>'}</b>`}${[1, 'a', html`<br />`]}${false}${undefined}</p>`
        .html,
    ).toBe('<p title="&quot;&#39;&lt;&gt;&amp;"><b>&lt;i&gt;</b>1a<br /></p>');
  });

  it('is in the phone’s language', () => {
    expect(localeOf('en-GB,en;q=0.9,zh;q=0.5')).toBe('en');
    expect(localeOf('zh-TW,en;q=0.5')).toBe('zh-CN');
    expect(localeOf('fr-FR,fr;q=0.9,en;q=0.5')).toBe('en');
    expect(localeOf('fr')).toBe('zh-CN');
    expect(localeOf(undefined)).toBe('zh-CN');
  });

  it.each(['zh-CN', 'en'] as const)('has words for every code, calm ones, in %s', (locale) => {
    const { codes } = wordsIn(locale);
    expect(Object.keys(codes).sort()).toEqual([...responseCode.options].sort());
    for (const { standard, advice } of Object.values(codes)) {
      expect(standard.length).toBeGreaterThan(2);
      expect(advice).toMatch(/[.。]$/);
    }
    expect(JSON.stringify(wordsIn(locale))).not.toMatch(/[!！]/);
  });
});

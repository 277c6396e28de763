import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLoginPassword } from '../../../electron/bank-server/authentication/login-password-policy.ts';
import { readCertificateProfiles } from '../../../electron/bank-server/ca/certificate-profile.ts';
import { languageOf } from '../../../electron/bank-server/portal/language.ts';
import { html } from '../../../electron/bank-server/portal/html.ts';
import { wordsIn } from '../../../electron/bank-server/portal/words.ts';
import {
  identityCardCheckDigit,
  trainingCustomers,
  trainingSecrets,
} from '../../../electron/bank-server/training/training-customers.ts';
import { customer as customerSchema } from '../../../electron/shared/domain/index.ts';

describe('the login password policy', () => {
  const verdict = (password: string): string => {
    const checked = checkLoginPassword(password, 'lina');
    return checked.ok ? 'fine' : String(checked.fault.data.reason);
  };

  it.each([
    ['1234567', 'too-short'],
    ['12345678', 'too-simple'],
    ['87654321', 'too-simple'],
    ['a'.repeat(64), 'too-simple'],
    ['a'.repeat(65), 'too-long'],
    ['iLina2026!x', 'contains-login-name'],
    ['Qwertyuiop', 'too-common'],
    ['Passw0rd2024', 'too-common'],
    ['52013145201314', 'too-common'],
    ['19900312', 'too-simple'],
    ['春眠不觉晓处处', 'too-short'],
    ['春眠不觉晓处处闻啼鸟', 'fine'],
    ['correct horse battery', 'fine'],
    ['🐎🐎🐎🐎🐎🐎🐎🐎', 'too-simple'],
  ])('says of %s: %s', (password, expected) => {
    expect(verdict(password)).toBe(expected);
  });
});

describe('the training customers', () => {
  it('are at least a dozen, with a blocked one and one whose PIN is locked', () => {
    expect(trainingCustomers.length).toBeGreaterThanOrEqual(12);
    for (const each of trainingCustomers) customerSchema.parse(each);
    expect(trainingCustomers.filter((each) => each.blocked)).toHaveLength(1);
    expect(Object.values(trainingSecrets).filter((each) => each.pinBlocked)).toHaveLength(1);
  });

  it('differ in everything that identifies them, down to the face', () => {
    const all = (of: (each: (typeof trainingCustomers)[number]) => string) =>
      new Set(trainingCustomers.map(of)).size;
    for (const of of [
      (each: (typeof trainingCustomers)[number]) => each.customerId,
      (each: (typeof trainingCustomers)[number]) => each.loginName,
      (each: (typeof trainingCustomers)[number]) => each.document.number,
      (each: (typeof trainingCustomers)[number]) => each.phone,
      (each: (typeof trainingCustomers)[number]) => each.photo,
      (each: (typeof trainingCustomers)[number]) => each.accounts[0]!.number,
    ])
      expect(all(of)).toBe(trainingCustomers.length);
  });

  it('have identity-card numbers with a right check digit and their own birth date (GB 11643)', () => {
    // example of the standard itself, annex A
    expect(identityCardCheckDigit('11010519491231002')).toBe('X');
    const cards = trainingCustomers.filter((each) => each.document.type === 'identity-card');
    expect(cards.length).toBeGreaterThan(8);
    for (const { document, birthDate } of cards) {
      expect(document.number).toMatch(/^\d{17}[\dX]$/);
      expect(identityCardCheckDigit(document.number.slice(0, 17))).toBe(document.number.slice(17));
      expect(document.number.slice(6, 14)).toBe(birthDate.replaceAll('-', ''));
      expect(new Date(birthDate).toISOString().slice(0, 10)).toBe(birthDate);
    }
  });

  it('have PINs of six digits and passwords the policy accepts', () => {
    for (const { customerId, loginName } of trainingCustomers) {
      const secrets = trainingSecrets[customerId]!;
      expect(secrets.accountPin).toMatch(/^\d{6}$/);
      expect(checkLoginPassword(secrets.suggestedLoginPassword, loginName)).toEqual({
        ok: true,
        value: undefined,
      });
    }
  });
});

describe('the language of a page', () => {
  it.each([
    ['en', 'zh-CN', 'zh', 'en'],
    [undefined, 'en', 'zh', 'en'],
    ['xx', undefined, 'en-GB,en;q=0.9,zh;q=0.8', 'en'],
    [undefined, undefined, 'de,zh-HK;q=0.9,en;q=0.3', 'zh-CN'],
    [undefined, undefined, 'en;q=0.2, zh;q=0.7', 'zh-CN'],
    [undefined, undefined, 'fr', 'zh-CN'],
    [undefined, undefined, undefined, 'zh-CN'],
  ])('is, of link %s, cookie %s and browser %s: %s', (link, cookie, browser, expected) => {
    expect(languageOf(link, cookie, browser)).toBe(expected);
  });

  it('has every word in both, and none of them shouts', () => {
    const flat = (value: unknown): string[] => {
      if (typeof value === 'function') return [String((value as (n: number) => unknown)(2))];
      if (typeof value === 'string') return [value];
      return Object.values(value as object).flatMap(flat);
    };
    const texts = [...flat(wordsIn.en), ...flat(wordsIn['zh-CN'])];
    for (const text of texts) expect(text).toMatch(/^[^!！]+$/);
    expect(Object.keys(wordsIn.en.refusals)).toEqual(Object.keys(wordsIn['zh-CN'].refusals));
  });
});

describe('a template', () => {
  it('escapes every value that is not HTML itself', () => {
    const value = `<b onclick="x('&')">`;
    expect(html`<p title="${value}">${value}</p>`.html).not.toMatch(/<b|onclick="|&(?!#\d+;)/);
    expect(html`${[html`<i>${'<'}</i>`, html`<i>2</i>`]}`.html).toBe('<i>&#60;</i><i>2</i>');
  });
});

describe('certificate profiles', () => {
  it('are refused by file when one is missing, misspelt or not understood', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardwright-profiles-'));
    const faultFile = () => {
      const read = readCertificateProfiles(folder);
      return read.ok ? 'fine' : String(read.fault.data.file);
    };
    try {
      expect(faultFile()).toBe('certificate-profiles/ca.json');
      writeFileSync(join(folder, 'ca.json'), '{');
      expect(faultFile()).toBe('certificate-profiles/ca.json');
      writeFileSync(join(folder, 'ca.json'), '{"name":"ca","keyUsage":["everything"]}');
      expect(faultFile()).toBe('certificate-profiles/ca.json');
      rmSync(folder, { recursive: true });
      expect(faultFile()).toBe('certificate-profiles');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    const own = readCertificateProfiles(join(import.meta.dirname, '../../../resources/certificate-profiles'));
    if (!own.ok) throw new Error(own.fault.code);
    const cards = Array.from(own.value.values()).filter((each) => each.enrollable);
    expect(cards.map((each) => each.name).sort()).toEqual(['card-p256', 'card-p384', 'card-rsa2048']);
    for (const each of cards)
      expect(each).toMatchObject({ certificateAuthority: false, extendedKeyUsage: ['clientAuth'] });
  });

  it('name a purpose, all but the CA’s and the one that the bank signs with', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cardwright-profiles-'));
    const own = join(import.meta.dirname, '../../../resources/certificate-profiles');
    try {
      cpSync(own, folder, { recursive: true });
      expect(readCertificateProfiles(folder).ok).toBe(true);
      const file = join(folder, 'officer.json');
      const officer = JSON.parse(readFileSync(file, 'utf8')) as object;
      writeFileSync(file, JSON.stringify({ ...officer, extendedKeyUsage: [] }));
      expect(readCertificateProfiles(folder)).toMatchObject({
        ok: false,
        fault: { data: { file: 'certificate-profiles/officer.json' } },
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

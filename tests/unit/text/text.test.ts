import { describe, expect, test } from 'vitest';
import { locale as contractLocale } from '../../../electron/shared/contract/index.ts';
import { faultCodes, faultTable } from '../../../electron/shared/result/index.ts';
import {
  faultText,
  fill,
  locales,
  remedyOf,
  stepNames,
  stepText,
  words,
} from '../../../electron/shared/text/index.ts';

describe('fill', () => {
  test('puts data where its name stands', () => {
    expect(fill('Waits {seconds} seconds.', { seconds: 30 })).toBe('Waits 30 seconds.');
  });
  test('leaves out a bracketed part whose data is not known', () => {
    expect(fill('Wrong.[ Tries left: {triesLeft}.]', {})).toBe('Wrong.');
    expect(fill('Wrong.[ Tries left: {triesLeft}.]', { triesLeft: 0 })).toBe('Wrong. Tries left: 0.');
  });
  test('does not take a name that every object has for data', () => {
    expect(fill('A[ {toString}]', {})).toBe('A');
  });
  test('does not fill what data brought in', () => {
    expect(fill('{path}', { path: '{other}', other: 'x' })).toBe('{other}');
  });
});

describe.each(locales)('words in %s', (locale) => {
  test('every fault says what happened, what it means and what to do, in whole sentences without noise', () => {
    for (const code of faultCodes) {
      const text = faultText(locale, { code, data: {} });
      for (const sentence of Object.values(text)) {
        expect(sentence, code).toMatch(/[.。]$/u);
        expect(sentence, code).not.toMatch(/[!！{}[\]]|undefined/u);
        expect(sentence.length, code).toBeLessThan(120);
      }
    }
  });

  test('every remedy is a verb on a button', () => {
    for (const code of faultCodes) {
      const { remedy, label } = remedyOf(locale, code);
      expect(remedy).toBe(faultTable[code].remedy);
      expect(label.length).toBeGreaterThan(1);
      expect(label).not.toMatch(/[.。!！]$/u);
    }
  });

  test('every step says its name and what is going on', () => {
    for (const step of stepNames) {
      const text = stepText(locale, step);
      expect(text.name).not.toBe(step);
      expect(text.doing).not.toBe(step);
    }
    expect(stepText(locale, 'a-step-of-tomorrow').name).toBe('a-step-of-tomorrow');
    expect(stepText(locale, 'toString').name).toBe('toString');
  });

  test('no text is empty', () => {
    const empty: string[] = [];
    const visit = (path: string, value: unknown): void => {
      if (typeof value === 'string' && value.trim() === '') empty.push(path);
      else if (typeof value === 'object' && value !== null)
        for (const [key, part] of Object.entries(value)) visit(`${path}.${key}`, part);
    };
    visit(locale, words[locale]);
    expect(empty).toEqual([]);
  });
});

test('Chinese texts are Chinese and English texts are not', () => {
  const han = /\p{Script=Han}/u;
  for (const code of faultCodes) {
    expect(
      Object.values(words['zh-CN'].faults[code]).every((text) => han.test(text)),
      code,
    ).toBe(true);
    expect(
      Object.values(words.en.faults[code]).some((text) => han.test(text)),
      code,
    ).toBe(false);
  }
});

test('both languages use the same names of data', () => {
  const names = (text: string): string[] =>
    [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();
  const differing = faultCodes.filter(
    (code) =>
      names(Object.values(words.en.faults[code]).join()).join() !==
      names(Object.values(words['zh-CN'].faults[code]).join()).join(),
  );
  expect(differing).toEqual([]);
});

test('the locales are those of the contract', () => {
  expect([...locales].sort()).toEqual([...contractLocale.options].sort());
});

import { describe, expect, it } from 'vitest';
import type { ClientProblem } from '../../../resources/phone-client/client-problem.ts';
import { chooseWords, languages, rememberWords } from '../../../resources/phone-client/text/language.ts';
import { en } from '../../../resources/phone-client/text/en.ts';
import { zhCn } from '../../../resources/phone-client/text/zh-cn.ts';

const store = () => {
  const map = new Map<string, string>();
  return {
    get: (key: string) => map.get(key),
    set: (key: string, value: string) => void map.set(key, value),
  };
};
const date = new Date('2026-05-04T00:00:00Z');
const problems: readonly ClientProblem[] = [
  { kind: 'damaged', part: 'key' },
  { kind: 'mismatch' },
  { kind: 'algorithm' },
  { kind: 'expired', notAfter: date, today: date },
  { kind: 'clock', issuedAt: date, today: date },
  { kind: 'no-crypto' },
];

describe('the language', () => {
  it('is the one chosen before, else the phone’s, else English', () => {
    expect(chooseWords(store(), ['fr-FR', 'zh-Hant-TW', 'en'])).toBe(zhCn);
    expect(chooseWords(store(), ['en-AU', 'zh-CN'])).toBe(en);
    expect(chooseWords(store(), ['fr-FR'])).toBe(en);
    const chosen = store();
    rememberWords(chosen, zhCn);
    expect(chooseWords(chosen, ['en'])).toBe(zhCn);
  });
});

describe.each(languages)('what is said in $name', (words) => {
  it('says for every problem what happened, what it means and what to do', () => {
    for (const problem of problems) {
      const said = words.problem(problem, () => '2026-05-04');
      for (const text of Object.values(said)) expect(text.length).toBeGreaterThan(6);
    }
  });

  it('shouts at nobody and leaves no sentence empty', () => {
    const plain = Object.values(words).filter((text): text is string => typeof text === 'string');
    const all = [...plain, ...problems.flatMap((problem) => Object.values(words.problem(problem, String)))];
    for (const text of all) {
      expect(text).not.toBe('');
      expect(text).not.toMatch(/[!！]/);
    }
  });
});

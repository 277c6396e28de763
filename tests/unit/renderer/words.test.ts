// @vitest-environment node
import { expect, test } from 'vitest';
import { knownEvents } from '../../../renderer/features/audit/event-name.ts';
import { chinese } from '../../../renderer/words/zh-cn.ts';
import { createWords } from '../../../renderer/words/create-words.ts';
import { en } from '../../../renderer/words/en.ts';
import { auditEvents } from '../../../electron/station/audit/audit-events.ts';

type Leaf = readonly [path: string, text: string];
const leaves = (value: unknown, path = ''): Leaf[] =>
  typeof value === 'string'
    ? [[path, value]]
    : Object.entries(value as object).flatMap(([key, part]) => leaves(part, path ? `${path}.${key}` : key));

const english = leaves(en);
const han = /\p{Script=Han}/u;
const placeholders = (text: string): string =>
  [...text.matchAll(/\{(\w+)\}/g)]
    .map((match) => match[1])
    .sort()
    .join();

test('both languages say the same things with the same data', () => {
  const translated = new Map(leaves(chinese));
  expect([...translated.keys()].sort()).toEqual(english.map(([path]) => path).sort());
  const differing = english.filter(
    ([path, text]) => placeholders(text) !== placeholders(translated.get(path) ?? ''),
  );
  expect(differing).toEqual([]);
});

test('Chinese is Chinese, English is English, and neither shouts', () => {
  const sameInBoth = [
    'strip.pcsc',
    'app.name',
    'panel.fingerprint',
    'receipt.fingerprint',
    'reprovision.column.ca',
    'drawer.insertInto',
    'issue.secrets.progressOf',
    'common.of',
  ];
  const notChinese = leaves(chinese).filter(([path, text]) => !han.test(text) && !sameInBoth.includes(path));
  expect(notChinese.map(([path]) => path)).toEqual(['app.otherLanguage']);
  expect(english.filter(([path, text]) => han.test(text) && path !== 'app.otherLanguage')).toEqual([]);
  expect([...english, ...leaves(chinese)].filter(([, text]) => /[!！]/.test(text))).toEqual([]);
});

test('a name without words is not taken from the object it is looked up in', () => {
  const words = createWords('en');
  expect(words.t('issue.find.results', { count: 3 })).toBe('3 found');
  expect(words.t('reprovision.someDiffer', { count: 1 })).toBe('1 difference');
  expect(words.t('reprovision.someDiffer', { count: 4 })).toBe('4 differences');
});

test('every event the station can log has words', () => {
  const { t } = createWords('en');
  const known = knownEvents({ t } as Parameters<typeof knownEvents>[0]).map(([event]) => event);
  expect(Object.keys(auditEvents).filter((event) => !known.includes(event))).toEqual([]);
});

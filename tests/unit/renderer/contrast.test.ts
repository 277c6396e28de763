// @vitest-environment node
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** WCAG 2.2, 1.4.3: text against the papers it stands on, both themes, from the tokens themselves. */
const css = readFileSync('renderer/app/theme/tokens.css', 'utf8');
const [light = '', dark = ''] = css.split("[data-mantine-color-scheme='dark']");
const tokensOf = (part: string): Map<string, string> =>
  new Map(
    [...part.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1] ?? '', match[2] ?? '']),
  );
const themes = { light: tokensOf(light), dark: new Map([...tokensOf(light), ...tokensOf(dark)]) };

const pairs: readonly (readonly [text: string, papers: readonly string[]])[] = [
  [
    'ink',
    ['paper', 'paper-raised', 'paper-sunken', 'teal-tint', 'amber-tint', 'vermilion-tint', 'card-body'],
  ],
  ['ink-2', ['paper', 'paper-raised', 'paper-sunken', 'teal-tint', 'amber-tint', 'vermilion-tint']],
  ['ink-3', ['paper', 'paper-raised', 'paper-sunken']],
  ['teal', ['paper', 'paper-raised', 'paper-sunken', 'teal-tint']],
  ['amber', ['paper', 'amber-tint', 'paper-raised']],
  ['vermilion', ['paper', 'paper-sunken', 'vermilion-tint']],
  ['on-teal', ['teal', 'teal-strong']],
];

const luminance = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a: string, b: string): number => {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
};

test.each(Object.keys(themes) as (keyof typeof themes)[])('text can be read in the %s theme', (name) => {
  const theme = themes[name];
  const colour = (token: string): string => theme.get(token) ?? '#ff00ff';
  const poor = pairs.flatMap(([text, papers]) =>
    papers
      .map((paper) => ({ text, paper, ratio: Math.round(contrast(colour(text), colour(paper)) * 100) / 100 }))
      .filter(({ ratio }) => ratio < 4.5),
  );
  expect(poor).toEqual([]);
});

test('the measure itself is right', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

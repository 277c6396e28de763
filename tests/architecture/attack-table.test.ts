import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** `resources/docs/attacks.md` and the tests it names say the same. */

const root = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(root, 'resources', 'docs', 'attacks.md'), 'utf8');
const files = new Map(
  [...text.matchAll(/\*\*(\w+)\*\* is `([^`]+)`/g)].map(([, name, path]) => [name, path]),
);
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (attack|---) /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, attack = '', answer = '', file = '', title = '']) => ({ attack, answer, file, title }));

const titlesIn = (source: string): string[] =>
  [...source.matchAll(/\bit(?:\.each\([^)]*\))?\(\s*(['"`])(.*?)\1,/gs)].map(([, , title = '']) => title);
const sourceOf = (file: string): string =>
  readFileSync(join(root, files.get(file) ?? 'no such file'), 'utf8');

describe('the table of attacks', () => {
  it('has a row for every kind of attack that a login has to bear', () => {
    const kinds = ['replay', 'copied card', 'stolen password only', 'stolen card', 'forged certificate'];
    for (const kind of [...kinds, 'stale challenge', 'two parallel', 'lost reply'])
      for (const system of ['S1', 'S4'])
        expect(
          rows.some(({ attack }) => attack.startsWith(kind) && attack.includes(system)),
          `${kind} (${system})`,
        ).toBe(true);
    expect(rows.filter(({ answer }) => answer === '')).toEqual([]);
  });

  it.each(rows)('names a test: $attack', ({ file, title }) => {
    expect(titlesIn(sourceOf(file))).toContain(title);
  });

  it.each(['chained', 'random'])('names every attack that is tested in the file "%s"', (file) => {
    const source = sourceOf(file);
    const from = source.indexOf("describe('an attack");
    expect(from).toBeGreaterThan(0);
    const named = rows.filter((row) => row.file === file).map(({ title }) => title);
    expect(titlesIn(source.slice(from)).filter((title) => !named.includes(title))).toEqual([]);
  });
});

import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Screen } from './hand.ts';
import { textAt } from '../value-at.ts';

/**
 * A phone has Chinese letters of its own; the machine that plays it may have none. Gives the page those it
 * shows, from the font that the screens are built with, under a name the client asks for.
 */
export async function giveChineseLetters(phone: Screen, screensFolder: string): Promise<void> {
  const shown = await phone.call('Runtime.evaluate', {
    expression: `[...new Set(document.body.innerText)].filter((c) => c >= '\\u2e80').join('')`,
  });
  const letters = Array.from(
    textAt(shown, 'value', 'result', 'value'),
    (letter) => letter.codePointAt(0) ?? 0,
  );
  const faces = facesIn(screensFolder).filter(({ covers }) => letters.some(covers));
  for (const { file, range } of faces)
    await phone.call('Runtime.evaluate', {
      expression: `(async () => {
        const bytes = Uint8Array.from(atob(${JSON.stringify(readFileSync(file, 'base64'))}), (c) => c.charCodeAt(0));
        const face = new FontFace('Noto Sans SC', bytes, { unicodeRange: ${JSON.stringify(range)}, weight: '100 900' });
        document.fonts.add(await face.load());
      })()`,
      awaitPromise: true,
    });
}

interface Face {
  readonly file: string;
  readonly range: string;
  covers(letter: number): boolean;
}

function facesIn(folder: string): Face[] {
  return globSync('**/*.css', { cwd: folder }).flatMap((css) =>
    [...readFileSync(join(folder, css), 'utf8').matchAll(/@font-face\s*\{[^}]*Noto Sans SC[^}]*\}/g)].flatMap(
      ([rule]) => {
        const url = /url\(['"]?([^'")]+\.woff2)/.exec(rule)?.[1];
        const range = /unicode-range:([^;}]+)/.exec(rule)?.[1]?.trim();
        if (url === undefined || range === undefined) return [];
        const spans = range.split(',').map((span) => {
          const [first = '', last = first] = span.trim().replace(/^u\+/i, '').split('-');
          return [parseInt(first, 16), parseInt(last, 16)] as const;
        });
        const covers = (letter: number): boolean =>
          spans.some(([first, last]) => letter >= first && letter <= last);
        return [{ file: join(folder, dirname(css), url), range, covers }];
      },
    ),
  );
}

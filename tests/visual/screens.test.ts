import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { baselines } from './baselines.ts';
import { openPhotographer, type Photographer } from './photographer.ts';

const chromiumIsHere = existsSync('/usr/bin/chromium');
const out = fileURLToPath(new URL('../../out/screens-that-differ/', import.meta.url));

/** Another machine smooths letters a little differently; a lost word or a moved box is far more than this. */
const tolerated = 0.012;

describe.skipIf(!chromiumIsHere)('the screens look as they did (needs /usr/bin/chromium)', () => {
  let photographer: Photographer;
  beforeAll(async () => {
    photographer = await openPhotographer();
  });
  afterAll(async () => {
    await photographer.close();
  });

  test.each(baselines.map((baseline) => [baseline.scene.name, baseline] as const))(
    '%s',
    async (name, { scene, look, file }) => {
      const now = await photographer.photograph(scene, look);
      const difference = await photographer.compare(now, await readFile(file));
      if (!difference.sameSize || difference.part > tolerated) {
        await mkdir(out, { recursive: true });
        await writeFile(`${out}${name}.${look.locale}.${look.theme}.png`, now);
      }
      expect(difference.sameSize).toBe(true);
      expect(difference.part).toBeLessThan(tolerated);
    },
  );

  test('and the pages complain of nothing: no broken policy, no missing file, no error', () => {
    expect(photographer.complaints).toEqual([]);
  });

  test('the comparison sees a lost word', async () => {
    const [first, second] = baselines;
    if (!first || !second) throw new Error('no baselines');
    const difference = await photographer.compare(await readFile(first.file), await readFile(second.file));
    expect(difference.part).toBeGreaterThan(tolerated);
  });
});

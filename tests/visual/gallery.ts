import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openPhotographer, type Look } from './photographer.ts';
import { scenes } from './scenes.ts';

/**
 * Every screen in both languages, both themes and both sizes, into out/screens:
 *   node tests/visual/gallery.ts [part of a scene's name] [zh-CN|en] [light|dark] [1280|1920]
 */
const folder = fileURLToPath(new URL('../../out/screens/', import.meta.url));
const wanted = process.argv.slice(2);
const choose = <T extends string | number>(all: readonly T[]): readonly T[] => {
  const chosen = all.filter((one) => wanted.includes(String(one)));
  return chosen.length > 0 ? chosen : all;
};
const words = wanted.filter((word) => !['zh-CN', 'en', 'light', 'dark', '1280', '1920'].includes(word));

const looks: Look[] = choose(['zh-CN', 'en'] as const).flatMap((locale) =>
  choose(['light', 'dark'] as const).flatMap((theme) =>
    choose([1280, 1920] as const).map((width) => ({
      locale,
      theme,
      width,
      height: width === 1280 ? 800 : 1080,
    })),
  ),
);

const photographer = await openPhotographer();
await mkdir(folder, { recursive: true });
let taken = 0;
for (const scene of scenes.filter(
  ({ name }) => words.length === 0 || words.some((word) => name.includes(word)),
)) {
  for (const look of looks) {
    try {
      const picture = await photographer.photograph(scene, look);
      await writeFile(`${folder}${scene.name}.${look.locale}.${look.theme}.${look.width}.png`, picture);
      taken += 1;
    } catch (error) {
      console.error(`${scene.name} (${look.locale}, ${look.theme}, ${look.width}): ${String(error)}`);
      process.exitCode = 1;
    }
  }
}
await photographer.close();
for (const complaint of new Set(photographer.complaints)) console.error(complaint);
console.log(`${taken} pictures in ${folder}`);

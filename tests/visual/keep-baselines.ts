import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { baselines } from './baselines.ts';
import { openPhotographer } from './photographer.ts';

/** Makes what is seen now the measure: `node tests/visual/keep-baselines.ts`. Look at the pictures before. */
const photographer = await openPhotographer();
const folder = dirname(baselines[0]?.file ?? '');
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const { scene, look, file } of baselines)
  await writeFile(file, await photographer.photograph(scene, look));
await photographer.close();
console.log(`${baselines.length} baselines in ${folder}`);

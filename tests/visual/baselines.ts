import { fileURLToPath } from 'node:url';
import type { Look } from './photographer.ts';
import { scenes, type Scene } from './scenes.ts';

export interface Baseline {
  readonly scene: Scene;
  readonly look: Look;
  readonly file: string;
}

const folder = fileURLToPath(new URL('./baselines/', import.meta.url));

/** The main screens, turn by turn in Chinese on paper and in English on graphite: each text and each colour is seen. */
export const baselines: readonly Baseline[] = scenes
  .filter((scene) => scene.baseline)
  .map((scene, index) => {
    const look: Look =
      index % 2 === 0
        ? { locale: 'zh-CN', theme: 'light', width: 1280, height: 800 }
        : { locale: 'en', theme: 'dark', width: 1280, height: 800 };
    return { scene, look, file: `${folder}${scene.name}.${look.locale}.${look.theme}.png` };
  });

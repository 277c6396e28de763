import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DrawerItem } from './first-day.ts';

/** What the drawer keeps: its items, and where each of them is. */
export interface DrawerContent {
  readonly items: readonly (DrawerItem & { readonly inReader?: string })[];
}

/** `drawer.json` in the training folder, replaced by renaming. `undefined`: there is none yet, or it is damaged. */
export const readDrawer = (folder: string): DrawerContent | undefined => {
  try {
    const value = JSON.parse(readFileSync(join(folder, fileName), 'utf8')) as unknown;
    return isContent(value) ? { items: value.items } : undefined;
  } catch {
    return undefined;
  }
};

export const writeDrawer = (folder: string, content: DrawerContent): void => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, fileName);
  writeFileSync(`${file}.next`, JSON.stringify({ format, version: 1, ...content }, undefined, 2));
  renameSync(`${file}.next`, file);
};

const fileName = 'drawer.json';
const format = 'cardwright-training-drawer';

/** Written by this program only, so the outside is enough. */
const isContent = (value: unknown): value is DrawerContent =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === format &&
  'version' in value &&
  value.version === 1 &&
  'items' in value &&
  Array.isArray(value.items);

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Given, or the nearest one above this program: it runs from the source and from a bundle deeper down. */
export const resourcesFolder = (given: string | undefined): string => {
  if (given !== undefined) return given;
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const resources = join(folder, 'resources');
    if (existsSync(join(resources, 'certificate-profiles'))) return resources;
  }
  return 'resources';
};

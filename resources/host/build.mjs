import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { step } from './progress.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** What can be stale, what it is made from, and how. Node-side programs run from source and are in no list. */
const parts = {
  renderer: {
    what: 'The screens',
    from: ['renderer/**', 'electron/shared/**/*.ts', 'package-lock.json'],
    into: 'dist/renderer',
    async make(folder) {
      const { build } = await import('vite');
      await build({
        configFile: join(root, 'renderer/vite.config.ts'),
        root: join(root, 'renderer'),
        build: { outDir: folder, emptyOutDir: true },
        logLevel: 'error',
      });
    },
  },
  phoneClient: {
    what: 'The phone client',
    from: ['resources/phone-client/**', 'electron/shared/{codec,domain,result}/**/*.ts', 'package-lock.json'],
    into: 'dist/phone-client',
    async make(folder) {
      const { buildPhoneClient } = await import('../phone-client/build.mjs');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'client.html'), await buildPhoneClient());
    },
  },
  electron: {
    what: 'The Electron host',
    from: [
      'electron/**/*.ts',
      'native/**/*.ts',
      'resources/{card,certificate}-profiles/**',
      'package-lock.json',
    ],
    into: 'dist/electron',
    async make(folder) {
      const { bundlePrograms } = await import('./bundle-programs.mjs');
      await bundlePrograms(root, folder);
    },
  },
};

/** Builds the named parts whose sources changed since they were last built. */
export async function buildStale(names) {
  for (const name of names) {
    const part = parts[name];
    const digest = digestOf(part.from);
    const record = join(root, part.into, '.sources');
    if (existsSync(record) && readFileSync(record, 'utf8') === digest) continue;
    await step(part.what, async () => {
      // Beside its place and then moved: nobody ever sees half a build.
      const folder = join(root, `${part.into}.building-${process.pid}`);
      await part.make(folder);
      writeFileSync(join(folder, '.sources'), digest);
      rmSync(join(root, part.into), { recursive: true, force: true });
      renameSync(folder, join(root, part.into));
      return 'built';
    });
  }
}

function digestOf(patterns) {
  const hash = createHash('sha256');
  const files = globSync(patterns, { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).sort())
    hash.update(path.slice(root.length)).update(readFileSync(path));
  return hash.digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await buildStale(process.argv.length > 2 ? process.argv.slice(2) : Object.keys(parts));

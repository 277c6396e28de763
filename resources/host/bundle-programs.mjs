import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Electron's Node does not run TypeScript, so each program of the Electron host becomes one bundle.
 * Packages stay packages: several are native, and all are in the application's node_modules.
 */
export async function bundlePrograms(root, folder) {
  const { build } = await import('vite');
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const external = [
    'electron',
    /^node:/,
    ...Object.keys({ ...dependencies, ...optionalDependencies }).map((name) => new RegExp(`^${name}(/|$)`)),
  ];
  const make = (entry, file, format) =>
    build({
      configFile: false,
      root,
      logLevel: 'warn',
      resolve: { conditions: ['node'] },
      ssr: { noExternal: true, external: [] },
      build: {
        ssr: join(root, entry),
        outDir: join(folder, dirname(file)),
        emptyOutDir: false,
        target: 'node24',
        minify: false,
        sourcemap: true,
        rolldownOptions: {
          external,
          output: { format, entryFileNames: basename(file), codeSplitting: false },
        },
      },
    });
  for (const { entry, file, format } of programs) {
    if (!existsSync(join(root, entry))) throw new Error(`${entry} is missing`);
    await make(entry, file, format);
  }
}

const programs = [
  { entry: 'electron/main/main.ts', file: 'main/main.js', format: 'es' },
  { entry: 'electron/preload/preload.ts', file: 'preload/preload.cjs', format: 'cjs' },
  { entry: 'electron/bank-server/embedded.ts', file: 'bank-server/embedded.js', format: 'es' },
  {
    entry: 'electron/bank-server/store/sqlite/checkpoint-thread.ts',
    file: 'bank-server/checkpoint-thread.js',
    format: 'es',
  },
  {
    entry: 'electron/bank-server/authority/request-thread.ts',
    file: 'bank-server/request-thread.js',
    format: 'es',
  },
  { entry: 'electron/operator-platform/program.ts', file: 'operator-platform/program.js', format: 'es' },
  { entry: 'native/drivers/device-process/program.ts', file: 'device-process/program.js', format: 'es' },
  { entry: 'native/media-writer/program.ts', file: 'media-writer/program.js', format: 'es' },
];

const dirname = (path) => path.slice(0, path.lastIndexOf('/'));
const basename = (path) => path.slice(path.lastIndexOf('/') + 1);

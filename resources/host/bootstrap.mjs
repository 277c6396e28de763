import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianPackages } from './debian-packages.mjs';
import { npmPackages } from './npm-packages.mjs';
import { progress } from './progress.mjs';

/*
 * Runs on whatever Node (18 or later) the machine came with, before anything is installed: plain
 * JavaScript, and nothing but Node's own modules.
 */

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** The Node this program is written for; the machine's own may be older and would crash in the native bindings. */
const neededMajor = 24;
const major = (version) => Number(/^v?(\d+)/.exec(version)?.[1] ?? 0);

/**
 * Makes the machine ready and gives the Node that runs the rest, or undefined after having said why
 * not. `purpose` is 'start', 'test' or 'bench': the tests want more of the machine, the benches another maker's CA.
 */
export function prepare(purpose) {
  if (major(process.version) < 18) {
    progress(
      `Node ${process.version} is too old to start from; install Node 18 or later and type the same again.`,
    );
    return undefined;
  }
  // In this order: the PC/SC binding is built while npm installs, against a header from Debian.
  debianPackages(purpose);
  if (!npmPackages(root)) return undefined;
  const node = suitableNode();
  if (node === undefined)
    progress(
      `Node ${neededMajor} or later is needed and did not come with the packages for ${process.platform}-${process.arch}; install it and type the same again.`,
    );
  return node;
}

function suitableNode() {
  if (major(process.version) >= neededMajor) return process.execPath;
  const bundled = join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(bundled)) return undefined;
  const version = spawnSync(bundled, ['--version'], { encoding: 'utf8' });
  return version.status === 0 && major(version.stdout) >= neededMajor ? bundled : undefined;
}

/** Runs a program of this project on that Node and ends with its exit code. Signals go to it. */
export function goOnWith(node, script, args) {
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(
    process.platform === 'win32' ? ';' : ':',
  );
  const child = spawn(node, [script, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    progress(`${script} did not start: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
}

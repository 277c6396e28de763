import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { progress } from './progress.mjs';

/** Puts node_modules in the state that the lock file names. Returns false when that failed. */
export function npmPackages(root) {
  const why = difference(root);
  if (why === undefined) return true;
  progress('npm packages:', `${why}; running npm ci (about a minute)`);
  const started = Date.now();
  const done = spawnSync('npm', ['ci', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: environment(root),
    shell: process.platform === 'win32',
  });
  if (done.status !== 0) {
    progress('npm ci failed. With a connection to the npm registry, type:', 'npm ci');
    return false;
  }
  if (difference(root) !== undefined) noteTriedBuild(root);
  progress('npm packages: installed', `(${((Date.now() - started) / 1000).toFixed(0)} s)`);
  return true;
}

/**
 * What npm left behind against what the lock asks for. npm writes its own record last, so an
 * interrupted installation differs here; no file of ours is needed to know.
 */
export function difference(root, header = '/usr/include/PCSC/winscard.h') {
  const record = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return 'not installed yet';
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(record, 'utf8')).packages;
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === '') continue;
    const there = present[path];
    if (there === undefined ? optional !== true : there.version !== version)
      return `${path.replace(/^.*node_modules\//, '')} ${version} is missing`;
  }
  // Optional, and skipped without a word by npm when they could not be built.
  const unbuilt = ['pcsclite', 'smartcard'].some((name) => present[`node_modules/${name}`] === undefined);
  if (existsSync(header) && unbuilt && !existsSync(triedBuild(root)))
    return 'the PC/SC bindings can be built now';
  return undefined;
}

const triedBuild = (root) => join(root, '.cache/pcsc-bindings-could-not-be-built');

function noteTriedBuild(root) {
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(triedBuild(root), 'Remove this file to try again.\n');
}

/**
 * Without what an outer npm run put there: options meant for that run, and this project's own Node on
 * the path, which npm is about to take away under its own feet. PWD is what .npmrc refers to.
 */
function environment(root) {
  const kept = Object.entries(process.env).filter(([name]) => !outerRun.test(name));
  const path = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !/node_modules[\\/]\.bin$/.test(folder) && !folder.includes('node-gyp-bin'))
    .join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path, PWD: root };
}

const outerRun =
  /^(npm_(lifecycle|package|command|execpath|node_execpath)|npm_config_(argv|local_prefix|prefix|node_gyp|noproxy)|INIT_CWD$|NODE$)/i;

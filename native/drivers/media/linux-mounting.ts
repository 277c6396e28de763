import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import { wholeTree, type BlockDevice } from './block-tree.ts';
import { readBlockTree } from './linux-block-tree.ts';
import { runProgram as run } from './run-program.ts';
import type { Remounted } from './mounted-volume.ts';

/**
 * Options for what a stranger may have written: nothing on it runs, nothing on it is a device. Not `flush`:
 * exFAT refuses it, and on vfat it waits a tenth of a second at the end of each file that is flushed already.
 * `dirsync`: a new name is on the medium before its file is.
 */
const options = 'nosuid,nodev,noexec,noatime,dirsync';

/**
 * Mounts as the person at the desktop does: through udisks2, which lets the active session mount what it
 * plugged in. As root (the device lab, a kiosk without a desktop) by mount(8) below /mnt/cardwright.
 */
export async function mountVolume(device: BlockDevice): Promise<Result<string>> {
  const already = device.mountPoints.at(0);
  if (already !== undefined) return ok(already);
  if (process.getuid?.() === 0) {
    const folder = join('/mnt/cardwright', device.name);
    mkdirSync(folder, { recursive: true });
    const extra = device.signature === 'vfat' ? `${options},utf8` : options;
    const mounted = await run('mount', [
      '-t',
      device.signature ?? 'auto',
      '-o',
      extra,
      `/dev/${device.name}`,
      folder,
    ]);
    return mounted.ok ? ok(folder) : mounted;
  }
  const asked = ['mount', '--no-user-interaction', '-b', `/dev/${device.name}`];
  const wished = await run('udisksctl', [...asked, '--options', 'noatime,dirsync']);
  // A machine may allow fewer options.
  const mounted = wished.ok ? wished : await run('udisksctl', asked);
  if (!mounted.ok) return mounted;
  const point = readBlockTree()
    .disks.flatMap((disk) => wholeTree(disk))
    .find((one) => one.name === device.name)
    ?.mountPoints.at(0);
  return point === undefined ? fail('medium-unsupported', { reason: 'not-mounted' }) : ok(point);
}

/**
 * Unmounting writes everything out and drops the file system's cached pages: the next read comes from the
 * medium, unless somebody else has it mounted too. The device's own cache (FAT, folders) goes with its last
 * user; only root can also order it to.
 */
export async function unmountVolume(
  device: BlockDevice,
  folder: string,
  next: 'cold-read' | 'release',
): Promise<Result<Remounted>> {
  if (process.getuid?.() !== 0) {
    const unmounted = await runUntilFree('udisksctl', [
      'unmount',
      '--no-user-interaction',
      '-b',
      `/dev/${device.name}`,
    ]);
    return unmounted.ok ? ok({ deviceCacheDropped: false }) : unmounted;
  }
  const unmounted = await runUntilFree('umount', [folder]);
  if (!unmounted.ok) return unmounted;
  // The FAT and the folders sit in the block device's own cache, which outlives the mount.
  const flushed = next === 'cold-read' && (await run('blockdev', ['--flushbufs', `/dev/${device.name}`])).ok;
  try {
    rmdirSync(folder);
  } catch {
    // mounted by somebody else before us: the folder is theirs
  }
  return ok({ deviceCacheDropped: flushed });
}

/** Whoever only looks at a volume (a second reader of it, an indexer) makes it busy for a moment. */
async function runUntilFree(program: string, args: readonly string[]): Promise<Result<void>> {
  for (let tries = 1; ; tries += 1) {
    const done = await run(program, args);
    if (done.ok) return ok();
    if (tries === unmountTries || done.fault.code !== 'medium-unsupported') return done;
    await pause(unmountPauseMs);
  }
}

const unmountTries = 8;
const unmountPauseMs = 250;

/**
 * syncfs(2), which Node does not have, by sync(1) of coreutils: data, folders and FAT in one pass. It does not
 * flush the medium's own cache. Rejects when the medium refused something; 'unable' with another sync(1).
 */
export function writeBackVolume(folder: string): Promise<'done' | 'unable'> {
  return new Promise((resolve, reject) => {
    execFile('sync', ['-f', folder], { env: { ...process.env, LC_ALL: 'C' } }, (error, _stdout, stderr) => {
      if (!error) resolve('done');
      else if (stderr.includes('error syncing'))
        reject(Object.assign(new Error('sync failed'), { code: 'EIO' }));
      else resolve('unable');
    });
  });
}

/** Whether the mount at this folder has dirsync: a desktop mounts without. */
export function foldersAreSynchronous(folder: string): boolean {
  const line = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .findLast((one) => one.split(' ')[4] === folder);
  return line !== undefined && /[ ,]dirsync\b/.test(line);
}

import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { OpenPurpose } from '../media-driver.ts';
import { wholeTree, type BlockDevice } from './block-tree.ts';
import { readBlockTree } from './linux-block-tree.ts';
import type { Remounted } from './mounted-volume.ts';
import { installedWriter, type PrivilegedWriter } from './privileged-writer.ts';
import { runProgram as run } from './run-program.ts';

/**
 * Options for what a stranger may have written: nothing on it runs, nothing on it is a device. Not `flush`:
 * exFAT refuses it, and on vfat it waits a tenth of a second at the end of each file that is flushed already.
 * `dirsync`: a new name is on the medium before its file is.
 */
const options = 'nosuid,nodev,noexec,noatime,dirsync';

export interface LinuxMountingOptions {
  readonly isRoot?: boolean;
  /** For a person who may not mount: udisks2 is missing, or refuses. Default: where it is installed. */
  readonly writer?: () => PrivilegedWriter | undefined;
}

/**
 * Mounts as the person at the desktop does: through udisks2, which lets the active session mount what it
 * plugged in; where that does not do, through the privileged writer. As root (the device lab, a kiosk without a
 * desktop) by mount(8) below /mnt/cardwright.
 */
export function linuxMounting(given: LinuxMountingOptions = {}) {
  const { isRoot = process.getuid?.() === 0 } = given;
  let writer: PrivilegedWriter | undefined;

  return {
    async mount(volume: BlockDevice, purpose: OpenPurpose, disk: BlockDevice): Promise<Result<string>> {
      const already = volume.mountPoints.at(0);
      if (already !== undefined) return ok(already);
      if (isRoot) return mountAsRoot(volume, purpose);
      const mounted = await mountAsUser(volume, purpose);
      if (mounted.ok || mounted.fault.code !== 'medium-unsupported') return mounted;
      writer ??= (given.writer ?? installedWriter)();
      return writer ? writer.mount(disk, volume, purpose) : mounted;
    },

    /**
     * Unmounting writes everything out and drops the file system's cached pages: the next read comes from the
     * medium, unless somebody else has it mounted too. The device's own cache (FAT, folders) goes with its last
     * user; only root can also order it to.
     */
    async unmount(
      volume: BlockDevice,
      folder: string,
      next: 'cold-read' | 'release',
    ): Promise<Result<Remounted>> {
      if (isRoot) return unmountAsRoot(volume, folder, next);
      if (writer && folder.startsWith('/run/cardwright/')) return writer.unmount(volume, next);
      const unmounted = await runUntilFree('udisksctl', [
        ...['unmount', '--no-user-interaction', '-b', `/dev/${volume.name}`],
      ]);
      return unmounted.ok ? ok({ deviceCacheDropped: false }) : unmounted;
    },

    stop: () => writer?.stop(),
  };
}

async function mountAsRoot(volume: BlockDevice, purpose: OpenPurpose): Promise<Result<string>> {
  const folder = join('/mnt/cardwright', volume.name);
  mkdirSync(folder, { recursive: true });
  // vfat marks its FAT as in use when it is mounted to be written, whether it is written or not.
  const way = purpose === 'look' ? `${options},ro` : options;
  const extra = volume.signature === 'vfat' ? `${way},utf8` : way;
  const mounted = await run('mount', [
    ...['-t', volume.signature ?? 'auto', '-o', extra],
    ...[`/dev/${volume.name}`, folder],
  ]);
  return mounted.ok ? ok(folder) : mounted;
}

async function mountAsUser(volume: BlockDevice, purpose: OpenPurpose): Promise<Result<string>> {
  const asked = ['mount', '--no-user-interaction', '-b', `/dev/${volume.name}`];
  const wish = purpose === 'look' ? 'ro,noatime' : 'noatime,dirsync';
  const wished = await run('udisksctl', [...asked, '--options', wish]);
  // A machine may allow fewer options.
  const mounted = wished.ok ? wished : await run('udisksctl', asked);
  if (!mounted.ok) return mounted;
  const point = readBlockTree()
    .disks.flatMap((disk) => wholeTree(disk))
    .find((one) => one.name === volume.name)
    ?.mountPoints.at(0);
  return point === undefined ? fail('medium-unsupported', { reason: 'not-mounted' }) : ok(point);
}

async function unmountAsRoot(
  volume: BlockDevice,
  folder: string,
  next: 'cold-read' | 'release',
): Promise<Result<Remounted>> {
  const unmounted = await runUntilFree('umount', [folder]);
  if (!unmounted.ok) return unmounted;
  // The FAT and the folders sit in the block device's own cache, which outlives the mount.
  const flushed = next === 'cold-read' && (await run('blockdev', ['--flushbufs', `/dev/${volume.name}`])).ok;
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

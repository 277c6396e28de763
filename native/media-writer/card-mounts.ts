import { execFile } from 'node:child_process';
import { lstatSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { volumeOf, type BlockDevice } from '../drivers/media/block-tree.ts';
import { identityOf } from '../drivers/media/identity-of.ts';
import { readBlockTree } from '../drivers/media/linux-block-tree.ts';
import { refusalsOf, type SystemFacts } from '../drivers/media/slot-rule.ts';
import type { WriterRefusal, WriterRequest } from '../drivers/media/writer-frames.ts';

export interface Performed {
  /** Empty after an unmount. */
  readonly folder: string;
  readonly cachesDropped: boolean;
}

export interface CardMounts {
  perform(request: WriterRequest): Promise<Performed | WriterRefusal>;
  unmountAll(): Promise<void>;
}

export interface CardMountsOptions {
  /** Where cards are mounted: made by this program, closed to everybody else but the user. Below /run it is gone with the system. */
  readonly base?: string;
  readonly readTree?: () => { readonly disks: readonly BlockDevice[]; readonly facts: SystemFacts };
  /** Whether the system's program succeeded. */
  readonly run?: (program: string, args: readonly string[]) => Promise<boolean>;
}

/** Nothing on it runs, nothing on it is a device, and a new name is on the medium before its file is. */
const options = 'nosuid,nodev,noexec,noatime,dirsync';

/**
 * What the writer may do to a card, and all of its own checks: it believes nothing of the one who asks. The
 * block tree is read anew, the slot rule is asked again, the medium must be the one that is meant.
 */
export function cardMounts(userId: number, given: CardMountsOptions = {}): CardMounts {
  const { base = '/run/cardwright', readTree = () => readBlockTree(), run = runProgram } = given;
  const ours = new Map<string, string>();

  const perform = async (request: WriterRequest): Promise<Performed | WriterRefusal> => {
    // Its own mount it takes down whatever has become of the card.
    if (!request.job.startsWith('mount')) return unmount(request.volume, request.job);
    const { disks, facts } = readTree();
    const disk = disks.find((one) => one.name === request.disk);
    if (!disk || disk.sizeBytes === 0) return 'no-such-slot';
    // Our own mount is none of the reasons that the rule looks for; everybody else's is.
    const removableMounts = [new RegExp(`^${base}/[0-9]+/[a-z0-9]+$`)];
    if (refusalsOf(disk, { ...facts, removableMounts }).length > 0 || !isRemovable(disk))
      return 'refused-by-rule';
    if (identityOf(disk).text !== request.identity) return 'another-medium';
    const volume = volumeOf(disk);
    if (volume?.name !== request.volume) return 'no-such-slot';
    return mount(volume, request.job);
  };

  const mount = async (
    volume: BlockDevice,
    job: WriterRequest['job'],
  ): Promise<Performed | WriterRefusal> => {
    if (volume.mountPoints.length > 0) return 'not-ours';
    const folder = folderFor(volume.name);
    if (folder === undefined) return 'unsafe-folder';
    const way = job === 'mount-to-look' ? `${options},ro` : options;
    const owner = `uid=${userId.toString()},gid=${userId.toString()},umask=0077`;
    const utf8 = volume.signature === 'vfat' ? ',utf8' : '';
    const done = await run('mount', [
      ...['-t', volume.signature ?? 'vfat', '-o', `${way},${owner}${utf8}`],
      ...[`/dev/${volume.name}`, folder],
    ]);
    if (!done) return 'failed';
    ours.set(volume.name, folder);
    return { folder, cachesDropped: false };
  };

  const unmount = async (volume: string, job: WriterRequest['job']): Promise<Performed | WriterRefusal> => {
    const folder = ours.get(volume);
    if (folder === undefined) return 'not-ours';
    if (!(await run('umount', [folder]))) return 'failed';
    ours.delete(volume);
    removeFolder(folder);
    const drop = job === 'unmount-and-drop-caches';
    return { folder: '', cachesDropped: drop && (await run('blockdev', ['--flushbufs', `/dev/${volume}`])) };
  };

  /** Each part of the way must be a folder of root's that nobody else may write to, and no link. */
  const folderFor = (volume: string): string | undefined => {
    const parts = [base, join(base, userId.toString()), join(base, userId.toString(), volume)];
    for (const part of parts) {
      try {
        mkdirSync(part, { mode: 0o755 });
      } catch {
        // there already: looked at below
      }
      try {
        const found = lstatSync(part);
        if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0) return undefined;
      } catch {
        return undefined;
      }
    }
    return parts.at(-1);
  };

  return {
    perform,
    async unmountAll() {
      for (const volume of [...ours.keys()]) await unmount(volume, 'unmount');
    },
  };
}

/** A card in a native slot, or what its USB reader calls removable: never a disk that stays plugged in. */
const isRemovable = (disk: BlockDevice): boolean =>
  disk.bus === 'mmc' ? disk.mmcType === 'SD' : disk.bus === 'usb' && disk.removable;

const removeFolder = (folder: string): void => {
  try {
    rmdirSync(folder);
  } catch {
    // used by somebody in this moment; it is empty and goes with the system
  }
};

const runProgram = (program: string, args: readonly string[]): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(program, args, { timeout: 20_000 }, (error) => resolve(!error));
  });

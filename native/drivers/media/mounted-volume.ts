import {
  access,
  constants,
  mkdir,
  open,
  readdir,
  rmdir,
  statfs,
  unlink,
  type FileHandle,
} from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { MediumIdentity, MediumVolume, Transfer } from '../media-driver.ts';
import { followTransfer, type FollowedTransfer } from './follow-transfer.ts';

/** What stands between the files and the medium; differs by system and in the training folder. */
export interface Mounting {
  /** Where the volume is mounted now. Changes with `makeCold`. */
  folder(): string;
  /** The same medium is still in the slot. Asked before the first write, after every error and before cold reads. */
  stillThere(): Promise<'same' | 'gone' | 'another'>;
  /** Unmounts, drops what the system has cached of it, mounts again. Says how far it got. */
  remount(): Promise<Result<Remounted>>;
  /** Bytes that the system has read from this medium since it was put in; undefined when it does not count. */
  bytesRead(): Promise<number | undefined>;
  /** The same of bytes written: how much of what is being flushed the medium has by now. */
  bytesWritten?(): Promise<number | undefined>;
  /**
   * Writes everything of this volume that is in memory to the medium (syncfs), so that one flush of the medium's
   * own cache is enough for a file, its folders and the FAT. Rejects on an error; 'unable' where the system
   * has no such thing. Absent: each file and folder is flushed on its own.
   */
  writeBack?(): Promise<'done' | 'unable'>;
  /** Folders are written as they change (mounted with dirsync), so that a file's own flush is enough. Default: false. */
  foldersAreSynchronous?(): boolean;
  /** Windows has no flush of a folder; there removable media are written through. Default: true. */
  readonly flushesFolders?: boolean;
  release(): Promise<void>;
}

export interface Remounted {
  /** The system's cache of the whole device went too. Without it folders and FAT may still be answered from memory. */
  readonly deviceCacheDropped: boolean;
}

/** How the reads since `makeCold` were made. */
export interface ColdRead extends Remounted {
  readonly files: number;
  readonly fileBytes: number;
  /** As the system counted at the medium; at least `fileBytes`, or the read was refused. */
  readonly mediumBytes: number;
}

export interface MountedVolume extends MediumVolume {
  /** Undefined until `makeCold`. */
  coldRead(): ColdRead | undefined;
}

/**
 * The files of one mounted medium. Writes go under the final name and are flushed before the call returns:
 * on vfat a temporary file that is renamed is empty after a surprise removal, 17 times of 17. The first
 * flush that fails ends the volume: the kernel forgets the error, and the second flush would say all is well.
 *
 * After `makeCold` a read is believed only when the medium was really asked: the system's own count of bytes
 * read from it must have grown by the file. A mount that somebody else keeps busy outlives our unmounting
 * with all its caches, and would give back what was written whatever the medium holds.
 */
export function mountedVolume(slot: string, identity: MediumIdentity, mounting: Mounting): MountedVolume {
  let broken: Result<never> | undefined;
  let cold: ColdRead | undefined;
  /** Read or written since `makeCold`: the cache may answer for these. */
  const warm = new Set<string>();
  const listeners = new Set<(transfer: Transfer) => void>();
  const tell = (transfer: Transfer) => {
    for (const listener of listeners) listener(transfer);
  };
  const ended = (result: Result<never>): Result<never> => (broken = result);

  const faultOf = async (error: unknown, path: string): Promise<Result<never>> => {
    const code = errnoOf(error);
    if (code === 'ENOSPC' || code === 'EDQUOT') return fail('medium-full', { slot, path });
    if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM')
      return fail('medium-write-protected', { slot });
    const there = await mounting.stillThere();
    if (there === 'gone') return ended(fail('medium-removed', { slot }));
    if (there === 'another') return ended(fail('medium-swapped', { slot }));
    if (code === 'ENOENT') return fail('medium-file-missing', { slot, path });
    return ended(fail('medium-io-error', { slot, path }));
  };

  const inside = (path: string): string => {
    const clean = posix.normalize(path);
    if (
      clean.startsWith('/') ||
      clean === '..' ||
      clean.startsWith('../') ||
      path.includes('\0') ||
      path.includes('\\')
    )
      throw new Error('path leaves the volume');
    return join(mounting.folder(), clean);
  };

  const attempt = async <T>(path: string, work: () => Promise<T>): Promise<Result<T>> => {
    if (broken) return broken;
    try {
      return ok(await work());
    } catch (error) {
      return faultOf(error, path);
    }
  };

  /** readdir answers an empty list after a surprise removal: an empty answer counts only while the medium is there. */
  const walk = async (folder: string): Promise<string[]> => {
    const entries = await readdir(inside(folder), { withFileTypes: true });
    const below = await Promise.all(
      entries.map((entry) => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        return entry.isDirectory() ? walk(path) : Promise.resolve([path]);
      }),
    );
    return below.flat();
  };

  const flush = async (path: string) => {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
  const flushFolder = async (folder: string) => {
    if (mounting.flushesFolders !== false) await flush(folder);
  };

  /** Files and folders that wait for the next flush. */
  let waiting: { files: readonly string[]; folders: readonly string[] } = { files: [], folders: [] };

  /** Its data, its folders, the FAT, and what waited; the file's own flush comes last and tells of its errors. */
  const flushWritten = async (handle: FileHandle, folders: readonly string[]): Promise<void> => {
    const earlier = waiting;
    if (earlier.files.length === 0 && mounting.foldersAreSynchronous?.() === true) return handle.sync();
    waiting = { files: [], folders: [] };
    const written = (await mounting.writeBack?.()) ?? 'unable';
    await handle.sync();
    if (written === 'done') return;
    // What waited may have been removed meanwhile.
    for (const file of earlier.files) await succeeds(flush(file), ['ENOENT']);
    for (const folder of new Set([...earlier.folders, ...folders]))
      await succeeds(flushFolder(folder), ['ENOENT']);
  };

  return {
    slot,
    identity,
    async freeBytes() {
      return attempt('', async () => {
        const { bavail, bsize } = await statfs(mounting.folder());
        return bavail * bsize;
      });
    },
    async list(folder) {
      const files = await attempt(folder, () => walk(folder));
      if (!files.ok) return files.fault.code === 'medium-file-missing' ? ok([]) : files;
      if (files.value.length > 0) return ok(files.value.toSorted());
      const there = await mounting.stillThere();
      return there === 'same'
        ? ok([])
        : ended(fail(there === 'gone' ? 'medium-removed' : 'medium-swapped', { slot }));
    },
    async read(path) {
      const file = inside(path);
      const load = () => attempt(path, () => readWhole(file, (doing) => followTransfer(path, doing, tell)));
      if (!cold || warm.has(file)) return load();
      const before = await mounting.bytesRead();
      const read = await load();
      if (!read.ok) return read;
      const after = await mounting.bytesRead();
      const asked = before === undefined || after === undefined ? -1 : after - before;
      if (asked < read.value.length) return fail('medium-read-not-cold', { slot, path });
      warm.add(file);
      cold = {
        ...cold,
        files: cold.files + 1,
        fileBytes: cold.fileBytes + read.value.length,
        mediumBytes: cold.mediumBytes + asked,
      };
      return read;
    },
    async write(path, bytes, moment = 'now') {
      const there = await mounting.stillThere();
      if (there !== 'same')
        return ended(fail(there === 'gone' ? 'medium-removed' : 'medium-swapped', { slot }));
      return attempt(path, async () => {
        const target = inside(path);
        warm.add(target);
        // A recursive mkdir on a read-only file system says ENOENT; asked directly the system says EROFS.
        await access(mounting.folder(), constants.W_OK);
        const made = await mkdir(dirname(target), { recursive: true });
        const folders = [
          dirname(target),
          ...(made === undefined ? [] : foldersUpTo(dirname(target), dirname(made))),
        ];
        const handle = await open(target, 'w');
        const before = listeners.size > 0 ? await mounting.bytesWritten?.() : undefined;
        const following = followTransfer(
          path,
          {
            doing: 'writing',
            ofBytes: bytes.length,
            async doneBytes() {
              const now = before === undefined ? undefined : await mounting.bytesWritten?.();
              return now === undefined || before === undefined ? undefined : now - before;
            },
          },
          tell,
        );
        try {
          await writeWhole(handle, bytes);
          if (moment === 'now') await flushWritten(handle, folders);
          else waiting = { files: [...waiting.files, target], folders: [...waiting.folders, ...folders] };
        } finally {
          following.stop();
          await handle.close();
        }
      });
    },
    remove(path) {
      return attempt(path, async () => {
        const target = inside(path);
        let changed = await succeeds(unlink(target), ['ENOENT', 'ENOTDIR']);
        let folder = dirname(target);
        for (; folder !== mounting.folder(); folder = dirname(folder)) {
          const emptied = await succeeds(rmdir(folder), ['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST']);
          if (!emptied && (await exists(folder))) break;
          changed ||= emptied;
        }
        if (changed) await flushFolder(folder);
      });
    },
    async makeCold() {
      if (broken) return broken;
      const remounted = await mounting.remount();
      if (!remounted.ok) return remounted;
      waiting = { files: [], folders: [] };
      const there = await mounting.stillThere();
      if (there !== 'same')
        return ended(fail(there === 'gone' ? 'medium-removed' : 'medium-swapped', { slot }));
      if ((await mounting.bytesRead()) === undefined)
        return fail('medium-read-not-cold', { slot, reason: 'not-counted' });
      warm.clear();
      cold = { ...remounted.value, files: 0, fileBytes: 0, mediumBytes: 0 };
      return ok();
    },
    coldRead: () => cold,
    onTransfer(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => mounting.release(),
  };
}

/** Bytes for one system call: few enough for a slow card to answer soon, many enough for a fast one. */
const chunkBytes = 1024 * 1024;

async function readWhole(
  file: string,
  follow: (what: FollowedTransfer) => { stop(): void },
): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  let following: { stop(): void } | undefined;
  try {
    const bytes = new Uint8Array((await handle.stat()).size);
    let at = 0;
    following = follow({
      doing: 'reading',
      ofBytes: bytes.length,
      doneBytes: () => Promise.resolve(at),
    });
    while (at < bytes.length) {
      const { bytesRead } = await handle.read(bytes, at, Math.min(chunkBytes, bytes.length - at), at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  } finally {
    following?.stop();
    await handle.close();
  }
}

async function writeWhole(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at, Math.min(chunkBytes, bytes.length - at), at);
    at += bytesWritten;
  }
}

/** Both ends included. */
function foldersUpTo(folder: string, top: string): readonly string[] {
  return folder === top ? [folder] : [folder, ...foldersUpTo(dirname(folder), top)];
}

/** Whether it was done; false for errors that mean there was nothing to do. */
async function succeeds(work: Promise<void>, expected: readonly string[]): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (expected.includes(errnoOf(error) ?? '')) return false;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') {
    // ENOMEDIUM has no name in libuv: it comes as "Unknown system error -123".
    return error.code.includes('-123') ? 'ENOMEDIUM' : error.code;
  }
  return undefined;
}

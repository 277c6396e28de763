import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** The content of a virtual SD card: a folder of this computer. Paths are checked before they come here. */
export interface MediumFiles {
  /** Relative paths of all files below a folder, sorted. */
  list(folder: string): readonly string[];
  /** `undefined`: no such file. */
  read(path: string): Uint8Array | undefined;
  write(path: string, bytes: Uint8Array): void;
  remove(path: string): void;
  /** Bytes that the files take on the medium, in whole clusters. */
  usedBytes(): number;
}

export const mediumFiles = (root: string): MediumFiles => {
  const list = (folder: string): readonly string[] => {
    const found: string[] = [];
    const visit = (relative: string): void => {
      for (const entry of entriesOf(join(root, relative))) {
        const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
        if (entry.isDirectory()) visit(path);
        else if (entry.isFile()) found.push(path);
      }
    };
    visit(folder);
    return found.sort();
  };

  return {
    list,
    read(path) {
      try {
        return new Uint8Array(readFileSync(join(root, path)));
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
    write(path, bytes) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      const descriptor = openSync(file, 'w', 0o600);
      try {
        writeFileSync(descriptor, bytes);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    },
    remove(path) {
      try {
        unlinkSync(join(root, path));
      } catch (error) {
        if (!isAbsent(error)) throw error;
      }
      removeEmptyFolders(root, path);
    },
    usedBytes: () => list('').reduce((sum, path) => sum + clusters(statSync(join(root, path)).size), 0),
  };
};

/** What a file of this size takes: whole clusters. */
export const clusters = (size: number): number => Math.ceil(size / clusterBytes) * clusterBytes;

/** FAT32 on cards of a few gigabytes. */
const clusterBytes = 4096;

const entriesOf = (folder: string) => {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
};

const removeEmptyFolders = (root: string, path: string): void => {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    try {
      rmdirSync(join(root, folder));
    } catch {
      return; // not empty, or not there
    }
  }
};

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a whole file or nothing: a new file beside it, flushed, renamed into place, the folder flushed. */
export const writeDurably = (file: string, content: string | Uint8Array, mode: number): void => {
  const fresh = `${file}.new`;
  const handle = openSync(fresh, 'w', mode);
  try {
    const bytes = Buffer.from(content);
    for (let written = 0; written < bytes.length;) written += writeSync(handle, bytes, written);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(fresh, file);
  if (process.platform === 'win32') return; // a folder cannot be opened there
  const folder = openSync(dirname(file), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
};

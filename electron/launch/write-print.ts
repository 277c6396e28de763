import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail, ok, type Result } from '../shared/result/index.ts';

/** Puts a printed document in its place, readable by its owner only: it names a customer. */
export async function writePrint(file: string, pdf: Uint8Array): Promise<Result<void>> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, pdf, { mode: 0o600 });
    return ok();
  } catch (error) {
    const full = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
    return full ? fail('storage-full', { file }) : fail('print-failed', { file });
  }
}

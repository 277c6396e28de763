import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const payloadBytes = 20_000_000;
/** Bytes in a second, of a usual card in a USB 3 reader. */
export const cardSpeed = { write: 30_000_000, read: 90_000_000 };

/** A card's files with a client of `payloadBytes`, into this folder, for the medium of this identity. */
export function prepareContent(folder: string, identity: string): void {
  execFileSync(process.execPath, [
    join(import.meta.dirname, 'prepare-content.ts'),
    folder,
    identity,
    payloadBytes.toString(),
  ]);
}

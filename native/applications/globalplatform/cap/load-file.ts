import { createHash } from 'node:crypto';
import type { CapFile } from '../../../../electron/shared/cap-file/index.ts';

export { loadFile, type DapBlock } from '../../../../electron/shared/cap-file/index.ts';

/** SHA-1 is for cards from before 2.2 of the card specification. */
export type LoadFileHash = 'sha-1' | 'sha-256';

/** Hash of the load file data block, which the card compares after the last block (GPCS 2.3.1 C.2). */
export const loadFileHash = (cap: CapFile, algorithm: LoadFileHash): Uint8Array =>
  new Uint8Array(
    createHash(algorithm === 'sha-1' ? 'sha1' : 'sha256')
      .update(cap.code)
      .digest(),
  );

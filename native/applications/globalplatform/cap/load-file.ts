import { createHash } from 'node:crypto';
import { encodeTlv, concatBytes } from '../../../../electron/shared/codec/index.ts';
import type { CapFile } from './cap-file.ts';

/** A signature over the load-file hash by which a security domain on the card approves of the file (DAP). */
export interface DapBlock {
  readonly domainAid: Uint8Array;
  readonly signature: Uint8Array;
}

/** E2 { 4F domain, C3 signature } … C4 { components } (GPCS 2.3.1 11.6.2.3). */
export const loadFile = (cap: CapFile, daps: readonly DapBlock[] = []): Uint8Array =>
  concatBytes(
    ...daps.map(({ domainAid, signature }) =>
      encodeTlv(0xe2, encodeTlv(0x4f, domainAid), encodeTlv(0xc3, signature)),
    ),
    encodeTlv(0xc4, cap.code),
  );

/** SHA-1 is for cards from before 2.2 of the card specification. */
export type LoadFileHash = 'sha-1' | 'sha-256';

/** Hash of the load file data block, which the card compares after the last block (GPCS 2.3.1 C.2). */
export const loadFileHash = (cap: CapFile, algorithm: LoadFileHash): Uint8Array =>
  new Uint8Array(
    createHash(algorithm === 'sha-1' ? 'sha1' : 'sha256')
      .update(cap.code)
      .digest(),
  );

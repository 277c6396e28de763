import { concatBytes, encodeTlv } from '../codec/index.ts';
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

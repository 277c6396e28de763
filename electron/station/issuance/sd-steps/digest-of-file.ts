import type { FileDigest } from '../../../shared/bank-api/index.ts';
import { sha256 } from '../issued-card.ts';

/** Of the bytes that were written, not of what the medium gives back: the manifest must not bless a bad cell. */
export const digestOfFile = (path: string, bytes: Uint8Array): FileDigest => ({
  path,
  sha256: sha256(bytes),
  size: bytes.length,
});

import { randomBytes } from 'node:crypto';
import { toHex } from '../../../../electron/shared/codec/index.ts';

/** What the OATH application of a virtual card keeps without power. Bytes are lower-case hex. */
export interface OathState {
  /** 8 bytes; a reset makes new ones. */
  id: string;
  /** 16 bytes; empty: open to everybody. */
  accessKey: string;
  credentials: StoredCredential[];
  readonly mostCredentials: number;
}

export interface StoredCredential {
  /** UTF-8 */
  readonly name: string;
  /** Kind in the upper half, algorithm in the lower, as YKOATH writes it. */
  readonly kind: number;
  readonly digits: number;
  readonly key: string;
  counter: number;
}

export const freshOath = (mostCredentials = 32): OathState => ({
  id: toHex(randomBytes(8)),
  accessKey: '',
  credentials: [],
  mostCredentials,
});

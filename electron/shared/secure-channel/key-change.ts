import type { CommandApdu } from '../codec/index.ts';

export interface KeyChangeRequest {
  /** Version of the keys that go; 00 adds the new ones beside the old. */
  readonly replacedVersion: number;
  readonly newVersion: number;
}

/** PUT KEY; wrapped where a channel's end gives it. */
export interface KeyChange {
  readonly command: CommandApdu;
  /** Key version number and the key check values, as the card must answer. */
  readonly expectedAnswer: Uint8Array;
}

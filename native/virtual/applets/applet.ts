import type { CommandApdu, ResponseApdu } from '../../../electron/shared/codec/index.ts';

/**
 * One application on a virtual card. Its lasting content is a plain JSON object that it changes in place:
 * the card commits it after every command, before the answer leaves. What it remembers beside that
 * (authentications, half-finished dialogues) is gone after `forget`.
 */
export interface Applet {
  readonly aid: Uint8Array;
  /** The answer to SELECT; the command itself for applications whose answer depends on its P2. */
  select(command?: CommandApdu): ResponseApdu;
  /** A whole command: chaining is already undone, and a long answer is cut up by the card. */
  process(command: CommandApdu): ResponseApdu;
  /** Power was lost, or the application was selected anew. */
  forget(): void;
  /** Power was lost: for what outlives another SELECT, such as the PIN of a SIM. */
  powerOff?(): void;
  /** A piece of a chained command has come, with all before it: for cards that write before they have all. */
  piece?(soFar: CommandApdu): void;
}

export const answer = (sw: number, data: Uint8Array = new Uint8Array(0)): ResponseApdu => ({ data, sw });

/** Status words of ISO/IEC 7816-4 as this card uses them. */
export const status = {
  done: 0x9000,
  wrongLength: 0x6700,
  channelUnsupported: 0x6881,
  securityNotSatisfied: 0x6982,
  blocked: 0x6983,
  conditionsNotSatisfied: 0x6985,
  wrongData: 0x6a80,
  notFound: 0x6a82,
  full: 0x6a84,
  wrongParameters: 0x6a86,
  keyNotFound: 0x6a88,
  instructionUnknown: 0x6d00,
  classUnknown: 0x6e00,
} as const;

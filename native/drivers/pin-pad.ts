import type { Result } from '../../electron/shared/result/index.ts';

/**
 * A reader's own keys (PC/SC part 10): what is typed there goes into the command and to the card, and never
 * into this program. The answer is the card's, or the pad's own word in the place of one:
 *
 *     6400 the time ran out    6401 cancelled    6402 the new PIN was not the same twice    6403 too short or too long
 *
 * Faults: those of `CardLink.transmit`; card-timeout when the pad itself hangs; card-unsupported {reason: pin-pad}
 * when the reader tells of keys and does not let them be used, and the card has seen nothing.
 */
export interface PinPad {
  verify(entry: PinEntry): Promise<Result<Uint8Array>>;
  /** Absent where the reader cannot. */
  modify?(entry: PinChange): Promise<Result<Uint8Array>>;
}

/** What the pad is to do with the digits: ASCII, from the left of a block of fixed length that is filled up already. */
export interface PinEntry {
  /** The whole command; what is typed replaces the first bytes of its data. */
  readonly command: Uint8Array;
  readonly blockLength: number;
  readonly fewestDigits: number;
  readonly mostDigits: number;
  readonly language: 'zh-CN' | 'en';
  /** For the person: whole seconds. */
  readonly timeoutMs: number;
}

export interface PinChange extends PinEntry {
  /** Where the old PIN goes in the data; absent: it is in the command already, and is not asked for. */
  readonly oldAt?: number;
  /** Where the new one goes. It is typed twice. */
  readonly newAt: number;
}

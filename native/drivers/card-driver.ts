import type { Result } from '../../electron/shared/result/index.ts';
import type { PinPad } from './pin-pad.ts';

/** A reader and what is in it, as the driver sees it now. */
export interface ReaderState {
  /** The driver's own name of the reader; unique at one time, not across a replug. */
  readonly reader: string;
  readonly virtual: boolean;
  readonly contactless: boolean;
  readonly card: CardPresence | undefined;
}

export interface CardPresence {
  /** Answer to reset, 2 to 33 bytes (ISO/IEC 7816-3); empty for a card that gives none (card-mute). */
  readonly atr: Uint8Array;
  /** Grows with every insertion, also from one device process to the next, so that a swapped card is noticed. */
  readonly insertion: number;
}

/**
 * Readers and the cards in them: PC/SC, the virtual readers, or both behind the device process.
 * Nothing here throws for a missing reader, a pulled card or a hung service: those are faults.
 */
export interface CardDriver {
  readers(): readonly ReaderState[];
  /** Called after every change with the whole list; returns how to stop listening. */
  onChange(listener: (readers: readonly ReaderState[]) => void): () => void;
  /**
   * An exclusive lease on the card in a reader. One lease per card.
   * Faults: reader-unknown, no-medium, reader-busy, card-mute, card-timeout, pcsc-unavailable.
   */
  connect(reader: string, options?: { timeoutMs?: number }): Promise<Result<CardLink>>;
  stop(): Promise<void>;
}

/** The lease: bytes to one insertion of one card and back. Calls are queued, one at a time. */
export interface CardLink {
  readonly reader: string;
  readonly atr: Uint8Array;
  readonly insertion: number;
  /**
   * One command APDU, one response APDU (data and status word, at least 2 bytes).
   * Faults: card-removed, card-swapped, card-timeout, reader-gone, device-process-lost.
   */
  transmit(command: Uint8Array, options?: { timeoutMs?: number }): Promise<Result<Uint8Array>>;
  /** The reader's own keys, in turn with the commands; absent where it has none. */
  readonly pinPad?: PinPad | undefined;
  /** Power cycle: the card forgets every authentication. `insertion` stays the same. */
  powerCycle(): Promise<Result<void>>;
  /** Gives the lease back. Never fails: a card that is gone is closed too. */
  close(): Promise<void>;
}

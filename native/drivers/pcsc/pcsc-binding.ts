import type { Result } from '../../../electron/shared/result/index.ts';

/** The names of the npm packages that speak PC/SC here. */
export type PcscBindingName = 'pcsclite' | 'smartcard';

/** What the driver needs of a binding to PC/SC, so that every one of them does the same. */
export interface PcscBinding {
  readonly name: PcscBindingName;
  /** A connection to pcscd. Fault: pcsc-unavailable, without the library or the service. */
  open(): Result<PcscService>;
}

/** One connection to pcscd, from its start to its loss. It does not come back: open another. */
export interface PcscService {
  /** Called for each reader that is there, and for each that comes. */
  onReader(listener: (reader: PcscReader) => void): void;
  /** Called once, when pcscd went away. */
  onLost(listener: () => void): void;
  /** Stops listening. What waits inside the library may go on waiting until the process ends. */
  close(): void;
}

export interface PcscReader {
  readonly name: string;
  onStatus(listener: (status: PcscStatus) => void): void;
  onGone(listener: () => void): void;
  /** Exclusively, T=0 or T=1. Faults as in `pcscFault`, and card-timeout. */
  connect(limitMs: number): Promise<Result<PcscCard>>;
}

export interface PcscStatus {
  /** `dwEventState`: flags below, pcscd's insertion counter above the 16th bit. */
  readonly state: number;
  /** Empty or absent in an empty slot and for a card that does not answer. */
  readonly atr?: Uint8Array | undefined;
}

/** A connected card. Calls are made one at a time; after a card-timeout there must be none any more. */
export interface PcscCard {
  /** May give an empty answer and no fault for a card that was pulled. */
  transmit(command: Uint8Array, limitMs: number): Promise<Result<Uint8Array>>;
  /** SCardControl: a command to the reader itself; answers of up to 256 bytes. */
  control(code: number, data: Uint8Array, limitMs: number): Promise<Result<Uint8Array>>;
  /** Power off and on again. */
  powerCycle(limitMs: number): Promise<Result<void>>;
  /** Power off; a card that is gone is as good as disconnected. */
  disconnect(limitMs: number): Promise<void>;
}

/*
 * Numbers of the PC/SC specification, part 5 (pcsc-lite's pcsclite.h).
 */
export const SCARD_SHARE_EXCLUSIVE = 1;
export const SCARD_PROTOCOL_T0_OR_T1 = 3;
export const SCARD_LEAVE_CARD = 0;
export const SCARD_UNPOWER_CARD = 2;
export const SCARD_STATE_CHANGED = 0x02;
export const SCARD_STATE_UNKNOWN = 0x04;
export const SCARD_STATE_UNAVAILABLE = 0x08;
export const SCARD_STATE_PRESENT = 0x20;
export const SCARD_STATE_MUTE = 0x200;

/** The longest extended answer, with its status word. */
export const longestAnswer = 65_538;

import { createRequire } from 'node:module';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';

/** The part of the npm package `pcsclite` that is used. Its callbacks come from native code. */
export interface PcscService {
  on(event: 'reader', listener: (reader: PcscReader) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

export interface PcscReader {
  readonly name: string;
  /** Set by the binding after connecting, and left as it is when the card goes. */
  connected: boolean;
  on(event: 'status', listener: (status: { state: number; atr?: Uint8Array }) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  connect(
    options: { share_mode: number; protocol: number },
    done: (error: unknown, protocol: number) => void,
  ): void;
  transmit(
    data: Uint8Array,
    longestAnswer: number,
    protocol: number,
    done: (error: unknown, answer: Uint8Array) => void,
  ): void;
  disconnect(disposition: number, done: (error: unknown) => void): void;
}

/** A connection to pcscd. Fault: pcsc-unavailable, without the package, the library or the service. */
export const openPcscService = (): Result<PcscService> => {
  try {
    // An optional dependency with a native part: required only here, so that a machine without it starts.
    const start = createRequire(import.meta.url)('pcsclite') as () => PcscService;
    return ok(start());
  } catch {
    return fail('pcsc-unavailable');
  }
};

/*
 * Numbers of the PC/SC specification, part 5 (pcsc-lite's pcsclite.h).
 */
export const SCARD_SHARE_EXCLUSIVE = 1;
export const SCARD_PROTOCOL_T0_OR_T1 = 3;
export const SCARD_UNPOWER_CARD = 2;
export const SCARD_STATE_PRESENT = 0x20;
export const SCARD_STATE_EXCLUSIVE = 0x80;
export const SCARD_STATE_MUTE = 0x200;

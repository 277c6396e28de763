import type { CommandApdu, ResponseApdu } from '../../electron/shared/codec/index.ts';
import type { Result } from '../../electron/shared/result/index.ts';
import type { PinPad } from '../drivers/pin-pad.ts';

/** A way to a card: one command in, its complete answer out. Layers wrap a pipe and are pipes themselves. */
export interface ApduPipe {
  /** Any status word is a success here; a fault means that no answer came. Faults: those of `CardLink.transmit`. */
  send(command: CommandApdu, options?: SendOptions): Promise<Result<ResponseApdu>>;
  /** The reader's own keys. They go past every layer: a pipe that protects commands has none. */
  readonly pinPad?: PinPad | undefined;
}

export interface SendOptions {
  /** Most that the card may take for this one command; the driver's own limit when absent. */
  readonly timeoutMs?: number;
}

/** An application on a card: `open` selects it and gives a session in the words of its specification. */
export interface CardApplication<Session> {
  readonly name: string;
  /** Application identifier as SELECT sends it. */
  readonly aid: Uint8Array;
  open(pipe: ApduPipe): Promise<Result<Session>>;
}

import { encodeCommand, parseResponse } from '../../electron/shared/codec/index.ts';
import { fail, type Result } from '../../electron/shared/result/index.ts';
import type { PinPad } from '../drivers/pin-pad.ts';
import type { ApduPipe } from './apdu-pipe.ts';

/** What the pipe stands on: the part of `CardLink` that it needs. */
export interface ByteLink {
  transmit(command: Uint8Array, options?: { timeoutMs?: number }): Promise<Result<Uint8Array>>;
  readonly pinPad?: PinPad | undefined;
}

/** The lowest layer: APDUs as bytes over a leased card. */
export const linkPipe = (link: ByteLink): ApduPipe => ({
  async send(command, options) {
    const answer = await link.transmit(encodeCommand(command), options);
    if (!answer.ok) return answer;
    // A card pulled during transmit shows as an empty answer without an error.
    if (answer.value.length < 2) return fail('card-removed');
    return parseResponse(answer.value);
  },
});

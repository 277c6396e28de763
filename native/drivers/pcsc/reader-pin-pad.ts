import type { Result } from '../../../electron/shared/result/index.ts';
import type { PinPad } from '../pin-pad.ts';
import { encodePinModify, encodePinVerify, pinModifyOf, pinVerifyOf } from './pin-structures.ts';
import type { ReaderFeatures } from './reader-features.ts';

/**
 * The pad of a reader, where it has one.
 * @param control one SCardControl on the leased card, under the limit that is given
 */
export const readerPinPad = (
  { verifyPinDirect, modifyPinDirect }: ReaderFeatures,
  control: (code: number, data: Uint8Array, limitMs: number) => Promise<Result<Uint8Array>>,
): PinPad | undefined => {
  if (verifyPinDirect === undefined) return undefined;
  return {
    verify: (entry) =>
      control(verifyPinDirect, encodePinVerify(pinVerifyOf(entry)), limitOf(entry.timeoutMs, 1)),
    ...(modifyPinDirect !== undefined && {
      modify: (change) =>
        control(modifyPinDirect, encodePinModify(pinModifyOf(change)), limitOf(change.timeoutMs, 3)),
    }),
  };
};

/** The person's time for each entry, and what reader and card may take on top of it. */
const limitOf = (timeoutMs: number, entries: number): number => entries * timeoutMs + graceMs;

const graceMs = 10_000;

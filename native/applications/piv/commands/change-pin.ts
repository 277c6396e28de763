import { concatBytes } from '../../../../electron/shared/codec/index.ts';
import { ok } from '../../../../electron/shared/result/index.ts';
import { pinReference, type Reference } from '../pin.ts';
import { pinFault } from '../status-fault.ts';
import type { PivCommand } from './piv-command.ts';

/** CHANGE REFERENCE DATA, SP 800-73-4 part 2, 3.2.2: old and new, 8 bytes each. */
export const changeReferenceData = (
  which: Reference,
  old: Uint8Array,
  next: Uint8Array,
): PivCommand<void> => ({
  apdu: { cla: 0x00, ins: 0x24, p1: 0x00, p2: pinReference[which], data: concatBytes(old, next) },
  parse: ({ sw }) => (sw === 0x9000 ? ok() : pinFault('CHANGE REFERENCE DATA', which, sw)),
});

/** RESET RETRY COUNTER, SP 800-73-4 part 2, 3.2.3: the PUK and a new PIN, 8 bytes each. The counter meant is the PUK's. */
export const resetRetryCounter = (puk: Uint8Array, newPin: Uint8Array): PivCommand<void> => ({
  apdu: { cla: 0x00, ins: 0x2c, p1: 0x00, p2: pinReference.pin, data: concatBytes(puk, newPin) },
  parse: ({ sw }) => (sw === 0x9000 ? ok() : pinFault('RESET RETRY COUNTER', 'puk', sw)),
});

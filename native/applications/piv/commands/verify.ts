import { statusClass, triesLeftOf } from '../../../../electron/shared/codec/index.ts';
import { ok } from '../../../../electron/shared/result/index.ts';
import { pinReference } from '../pin.ts';
import { pinFault, statusFault } from '../status-fault.ts';
import type { PivCommand } from './piv-command.ts';

/** VERIFY with a PIN of 8 bytes, SP 800-73-4 part 2, 3.2.1. Faults: card-pin-wrong, card-pin-blocked, card-pin-format. */
export const verify = (pin: Uint8Array): PivCommand<void> => ({
  apdu: { cla: 0x00, ins: INS_VERIFY, p1: 0x00, p2: pinReference.pin, data: pin },
  parse: ({ sw }) => (sw === 0x9000 ? ok() : pinFault('VERIFY', 'pin', sw)),
});

export interface PinCounter {
  /** 0: blocked. Absent: the card does not say. */
  readonly triesLeft: number | undefined;
  /** The PIN was right and still counts. */
  readonly verified: boolean;
}

/** VERIFY without data asks for the counter and costs no try. */
export const readPinCounter = (): PivCommand<PinCounter> => ({
  apdu: { cla: 0x00, ins: INS_VERIFY, p1: 0x00, p2: pinReference.pin },
  parse({ sw }) {
    const triesLeft = triesLeftOf(sw);
    if (triesLeft !== undefined) return ok({ triesLeft, verified: false });
    if (sw === 0x9000) return ok({ triesLeft: undefined, verified: true });
    switch (statusClass(sw)) {
      case 'blocked':
        return ok({ triesLeft: 0, verified: false });
      case 'tries-left':
      case 'wrong-data':
      case 'unsupported':
        return ok({ triesLeft: undefined, verified: false });
      default:
        return statusFault('VERIFY', sw);
    }
  },
});

const INS_VERIFY = 0x20;

import { statusClass, statusText, triesLeftOf } from '../../../electron/shared/codec/index.ts';
import { fail, type Failed } from '../../../electron/shared/result/index.ts';
import type { Reference } from './pin.ts';

/** The fault for a status word that a command did not want, by its class. `command` is the specification's name. */
export const statusFault = (command: string, sw: number): Failed => {
  switch (statusClass(sw)) {
    case 'full':
      return fail('card-full', { command });
    case 'unsupported':
      return fail('card-unsupported', { command, sw: statusText(sw) });
    case 'not-found':
      return fail('card-object-missing', { command, sw: statusText(sw) });
    default:
      return fail('card-status', { command, sw: statusText(sw), meaning: statusClass(sw) });
  }
};

/** The same for commands that present a PIN or PUK. */
export const pinFault = (command: string, which: Reference, sw: number): Failed => {
  const triesLeft = triesLeftOf(sw);
  switch (statusClass(sw)) {
    case 'tries-left':
      if (triesLeft === 0) return fail('card-pin-blocked', { which });
      return fail('card-pin-wrong', { which, ...(triesLeft !== undefined && { triesLeft }) });
    case 'blocked':
      return fail('card-pin-blocked', { which });
    case 'wrong-data':
      return fail('card-pin-format', { which });
    default:
      return statusFault(command, sw);
  }
};

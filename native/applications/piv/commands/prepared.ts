import { parseCommand } from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import { pinReference } from '../pin.ts';
import { pinFault, statusFault } from '../status-fault.ts';
import type { PivCommand } from './piv-command.ts';

/*
 * Commands that the keys' holder has made, with secrets in them that this side does not look at. Only their
 * header is: what was asked for, and nothing else, reaches the card. Fault: bank-bad-answer.
 */

/** SET MANAGEMENT KEY (Yubico's extension): FF FF FF, or FE with a touch. */
export const preparedManagementKey = (prepared: Uint8Array): Result<PivCommand<void>> => {
  const command = parseCommand(prepared);
  if (!command.ok || command.value.ins !== 0xff || command.value.p1 !== 0xff)
    return fail('bank-bad-answer', { call: 'changeManagementKey' });
  const apdu = command.value;
  return ok({ apdu, parse: ({ sw }) => (sw === 0x9000 ? ok() : statusFault('SET MANAGEMENT KEY', sw)) });
};

/** CHANGE REFERENCE DATA of the PUK, SP 800-73-4 part 2, 3.2.2. */
export const preparedPuk = (prepared: Uint8Array): Result<PivCommand<void>> => {
  const command = parseCommand(prepared);
  if (!command.ok || command.value.ins !== 0x24 || command.value.p2 !== pinReference.puk)
    return fail('bank-bad-answer', { call: 'changePuk' });
  const apdu = command.value;
  return ok({
    apdu,
    parse: ({ sw }) => (sw === 0x9000 ? ok() : pinFault('CHANGE REFERENCE DATA', 'puk', sw)),
  });
};

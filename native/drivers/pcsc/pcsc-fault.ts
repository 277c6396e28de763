import { fail, type Failed, type FaultCode } from '../../../electron/shared/result/index.ts';

/**
 * The fault for an error of the binding, which carries the PC/SC return value at the end of its message,
 * e.g. `SCardConnect error: Sharing violation.(0x8010000b)`.
 */
export const pcscFault = (error: unknown, reader: string, otherwise: FaultCode): Failed => {
  const message = error instanceof Error ? error.message : '';
  const value = /\(0x([0-9a-f]{8})\)\s*$/i.exec(message)?.[1]?.toLowerCase();
  const code = value === undefined ? undefined : faults.get(value);
  return fail(code ?? otherwise, { reader });
};

const faults: ReadonlyMap<string, FaultCode> = new Map<string, FaultCode>([
  ['80100009', 'reader-gone'], // unknown reader
  ['8010000b', 'reader-busy'], // sharing violation
  ['8010000c', 'no-medium'], // no smart card
  ['8010000f', 'card-mute'], // protocol mismatch
  ['80100017', 'reader-gone'], // reader unavailable
  ['8010001d', 'pcsc-unavailable'], // no service
  ['8010001e', 'pcsc-unavailable'], // service stopped
  ['80100066', 'card-mute'], // unresponsive card
  ['80100067', 'card-mute'], // unpowered card
  ['80100068', 'card-removed'], // reset by somebody else: what was authenticated is gone
  ['80100069', 'card-removed'], // removed card
]);

import { fail, type Failed, type FaultCode } from '../../../electron/shared/result/index.ts';

/**
 * The fault for an error of a binding. `pcsclite` puts the PC/SC return value at the end of its message,
 * e.g. `SCardConnect error: Sharing violation.(0x8010000b)`; `smartcard` has words of its own and no value.
 */
export const pcscFault = (error: unknown, reader: string, otherwise: FaultCode): Failed => {
  const message = error instanceof Error ? error.message : '';
  const value = /\(0x([0-9a-f]{8})\)\s*$/i.exec(message)?.[1]?.toLowerCase();
  const code = value === undefined ? byWords.get(message) : byValue.get(value);
  return fail(code ?? otherwise, { reader });
};

const known: readonly (readonly [value: string, words: string, code: FaultCode])[] = [
  ['80100009', 'Unknown reader', 'reader-gone'],
  ['8010000b', 'Sharing violation', 'reader-busy'],
  ['8010000c', 'No smart card present', 'no-medium'],
  ['8010000f', 'Protocol mismatch', 'card-mute'],
  ['80100013', 'Communication error', 'pcsc-unavailable'], // SCARD_F_COMM_ERROR: with pcscd, not with the card
  ['80100017', 'Reader unavailable', 'reader-gone'],
  ['8010001d', 'PC/SC service not running', 'pcsc-unavailable'],
  ['8010001e', 'PC/SC service stopped', 'pcsc-unavailable'],
  ['80100066', 'Card is unresponsive', 'card-mute'],
  ['80100067', 'Card is unpowered', 'card-mute'],
  ['80100068', 'Card was reset', 'card-removed'], // by somebody else: what was authenticated is gone
  ['80100069', 'Card was removed', 'card-removed'],
];
const byValue: ReadonlyMap<string, FaultCode> = new Map(known.map(([value, , code]) => [value, code]));
const byWords: ReadonlyMap<string, FaultCode> = new Map(known.map(([, words, code]) => [words, code]));

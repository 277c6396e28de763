import { encodeCommand, parseResponse } from '../../../../electron/shared/codec/index.ts';
import { fail, type Failed, type Result } from '../../../../electron/shared/result/index.ts';
import type { PinChange, PinEntry } from '../../../drivers/pin-pad.ts';
import { changeReferenceData } from './change-pin.ts';
import type { PivCommand } from './piv-command.ts';
import { verify } from './verify.ts';

/** How the pad speaks to the person. */
export interface PadTerms {
  readonly language?: 'zh-CN' | 'en';
  /** For each entry; 30 s when absent. */
  readonly timeoutMs?: number;
}

/** VERIFY of the card PIN, typed at the reader. */
export const verifyAtPad = (terms: PadTerms): PinEntry => entryOf(verify(emptyBlock()), terms);

/** CHANGE REFERENCE DATA of the card PIN: the old one and, twice, the new one are typed at the reader. */
export const changeAtPad = (terms: PadTerms): PinChange => ({
  ...entryOf(changeReferenceData('pin', emptyBlock(), emptyBlock()), terms),
  oldAt: 0,
  newAt: blockLength,
});

/** The same from a PIN that is known, the factory's: only the new one is typed, twice. */
export const setAtPad = (old: Uint8Array, terms: PadTerms): PinChange => ({
  ...entryOf(changeReferenceData('pin', old, emptyBlock()), terms),
  newAt: blockLength,
});

/** The card's answer, or the pad's own word (PC/SC part 10, 2.5.3, table of SW1 SW2). */
export const parsePadAnswer = (answer: Uint8Array, command: PivCommand<void>): Result<void> => {
  const response = parseResponse(answer);
  if (!response.ok) return response;
  return padFault(response.value.sw) ?? command.parse(response.value);
};

const padFault = (sw: number): Failed | undefined => {
  switch (sw) {
    case 0x6400:
      return fail('pin-pad-timeout');
    case 0x6401:
      return fail('pin-pad-cancelled');
    case 0x6402:
      return fail('pin-pad-mismatch');
    case 0x6403:
      return fail('card-pin-format', { which: 'pin' });
    default:
      return undefined;
  }
};

const entryOf = (
  { apdu }: PivCommand<void>,
  { language = 'zh-CN', timeoutMs = 30_000 }: PadTerms,
): PinEntry => ({
  command: encodeCommand(apdu),
  blockLength,
  fewestDigits: 6, // SP 800-73-4 part 2, 2.4.3
  mostDigits: 8,
  language,
  timeoutMs,
});

const blockLength = 8;
const emptyBlock = (): Uint8Array => new Uint8Array(blockLength).fill(0xff);

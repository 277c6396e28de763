import type { PinChange, PinEntry } from '../pin-pad.ts';

/** PIN_VERIFY (PC/SC part 10, 2.5.2) as numbers, under the names of the specification. */
export interface PinVerify {
  readonly bTimerOut: number;
  readonly bTimerOut2: number;
  readonly bmFormatString: number;
  readonly bmPINBlockString: number;
  readonly bmPINLengthFormat: number;
  /** Fewest digits in the high byte, most in the low one. */
  readonly wPINMaxExtraDigit: number;
  readonly bEntryValidationCondition: number;
  readonly bNumberMessage: number;
  readonly wLangId: number;
  readonly bMsgIndex: number;
  readonly abData: Uint8Array;
}

/** PIN_MODIFY (2.5.3). */
export interface PinModify extends PinVerify {
  readonly bInsertionOffsetOld: number;
  readonly bInsertionOffsetNew: number;
  /** Bit 0: the new PIN is typed twice. Bit 1: the old one is asked for. */
  readonly bConfirmPIN: number;
  readonly bMsgIndex2: number;
  readonly bMsgIndex3: number;
}

/**
 *     00 timer  01 timer2  02 format  03 block  04 length  05 digits (2)  07 validation  08 messages
 *     09 language (2)  0B message  0C T=1 prologue (3)  0F length (4)  13 command …
 *
 * Numbers of several bytes are in the machine's order; every machine this runs on is little-endian.
 */
export const encodePinVerify = (order: PinVerify): Uint8Array =>
  Uint8Array.of(
    ...[order.bTimerOut, order.bTimerOut2],
    ...[order.bmFormatString, order.bmPINBlockString, order.bmPINLengthFormat],
    ...word(order.wPINMaxExtraDigit),
    ...[order.bEntryValidationCondition, order.bNumberMessage],
    ...word(order.wLangId),
    order.bMsgIndex,
    ...noPrologue,
    ...doubleWord(order.abData.length),
    ...order.abData,
  );

/**
 *     00 timer  01 timer2  02 format  03 block  04 length  05 old at  06 new at  07 digits (2)  09 confirm
 *     0A validation  0B messages  0C language (2)  0E messages 1, 2, 3  11 T=1 prologue (3)  14 length (4)  18 command …
 */
export const encodePinModify = (order: PinModify): Uint8Array =>
  Uint8Array.of(
    ...[order.bTimerOut, order.bTimerOut2],
    ...[order.bmFormatString, order.bmPINBlockString, order.bmPINLengthFormat],
    ...[order.bInsertionOffsetOld, order.bInsertionOffsetNew],
    ...word(order.wPINMaxExtraDigit),
    ...[order.bConfirmPIN, order.bEntryValidationCondition, order.bNumberMessage],
    ...word(order.wLangId),
    ...[order.bMsgIndex, order.bMsgIndex2, order.bMsgIndex3],
    ...noPrologue,
    ...doubleWord(order.abData.length),
    ...order.abData,
  );

export const pinVerifyOf = (entry: PinEntry): PinVerify => ({
  bTimerOut: seconds(entry.timeoutMs),
  bTimerOut2: seconds(entry.timeoutMs),
  bmFormatString: asciiFromTheLeft,
  bmPINBlockString: entry.blockLength, // high half 0: no length goes into the block
  bmPINLengthFormat: 0,
  wPINMaxExtraDigit: (entry.fewestDigits << 8) | entry.mostDigits,
  bEntryValidationCondition: validationKey,
  bNumberMessage: 1,
  wLangId: languageIds[entry.language],
  bMsgIndex: enterPin,
  abData: entry.command,
});

export const pinModifyOf = (change: PinChange): PinModify => {
  const asksOld = change.oldAt !== undefined;
  return {
    ...pinVerifyOf(change),
    bInsertionOffsetOld: change.oldAt ?? 0,
    bInsertionOffsetNew: change.newAt,
    bConfirmPIN: asksOld ? 3 : 1,
    bNumberMessage: asksOld ? 3 : 2,
    // The prompts in their order: the old PIN (where it is asked for), the new one, the new one again.
    bMsgIndex: asksOld ? enterPin : enterNewPin,
    bMsgIndex2: asksOld ? enterNewPin : confirmNewPin,
    bMsgIndex3: asksOld ? confirmNewPin : 0,
  };
};

const word = (value: number): number[] => [value & 0xff, value >>> 8];
const doubleWord = (value: number): number[] => [...word(value & 0xffff), ...word(value >>> 16)];
/** At least one: zero would mean the reader's own limit. */
const seconds = (ms: number): number => Math.min(255, Math.max(1, Math.ceil(ms / 1000)));

const noPrologue = [0, 0, 0];
/** Bit 7: positions in bytes. Bits 1-0: ASCII. */
const asciiFromTheLeft = 0x82;
const validationKey = 0x02;
const [enterPin, enterNewPin, confirmNewPin] = [0, 1, 2];
const languageIds = { 'zh-CN': 0x0804, en: 0x0409 } as const;

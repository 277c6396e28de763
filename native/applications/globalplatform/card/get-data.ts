import type { CommandApdu } from '../../../../electron/shared/codec/index.ts';

/** GET DATA (GPCS 2.3.1 11.3): one data object that the card tells everybody. */
export const getData = (tag: number): CommandApdu => ({
  cla: 0x80,
  ins: 0xca,
  p1: tag >> 8,
  p2: tag & 0xff,
  le: 256,
});

export const TAG_PRODUCTION_DATA = 0x9f7f;
export const TAG_RECOGNITION_DATA = 0x66;
export const TAG_KEY_INFORMATION = 0xe0;
export const TAG_ISSUER_NUMBER = 0x42;
export const TAG_CARD_NUMBER = 0x45;

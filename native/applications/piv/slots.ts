/** Key references of SP 800-73-4 part 1, table 4b, in lower-case hex, as people write them. */
export type PivSlot = '9a' | '9c' | '9d' | '9e' | RetiredSlot;

/** The twenty retired key management slots: keys of further banks on one card. */
export type RetiredSlot = (typeof retiredSlots)[number];

export const retiredSlots = [
  '82',
  '83',
  '84',
  '85',
  '86',
  '87',
  '88',
  '89',
  '8a',
  '8b',
  '8c',
  '8d',
  '8e',
  '8f',
  '90',
  '91',
  '92',
  '93',
  '94',
  '95',
] as const;

export const keyReference = (slot: PivSlot): number => Number.parseInt(slot, 16);

/** Tag of the data object that holds the slot's certificate (SP 800-73-4 part 1, table 3). */
export const certificateObject = (slot: PivSlot): number => {
  switch (slot) {
    case '9a':
      return 0x5fc105;
    case '9c':
      return 0x5fc10a;
    case '9d':
      return 0x5fc10b;
    case '9e':
      return 0x5fc101;
    default:
      // 5FC10D is the first of the twenty, for slot 82
      return 0x5fc10d + keyReference(slot) - 0x82;
  }
};

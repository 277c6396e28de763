/** Nibbles in the order of the card, low before high (TS 102 221 §13.2), e.g. 98 10 → 8901. Upper-case hex. */
export const swappedDigits = (bytes: Uint8Array): string => {
  let digits = '';
  for (const byte of bytes) digits += (byte & 0x0f).toString(16) + (byte >> 4).toString(16);
  return digits.toUpperCase();
};

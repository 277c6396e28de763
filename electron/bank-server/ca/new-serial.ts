import { randomFillSync } from 'node:crypto';

/** Drawn for many at once: asking the generator takes longer than what it makes for one. */
const drawn = Buffer.alloc(64 * 16);
let at = drawn.length;

/**
 * 16 bytes with 126 random bits (RFC 5280, 4.1.2.2 wants a positive integer of at most 20 octets, the
 * CA/Browser Forum at least 64 bits of entropy). The first two bits are 01: positive, and never short.
 */
export const newSerial = (): Buffer => {
  if (at === drawn.length) {
    randomFillSync(drawn);
    at = 0;
  }
  const serial = Buffer.from(drawn.subarray(at, at + 16));
  at += 16;
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
  return serial;
};

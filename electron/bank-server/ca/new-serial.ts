import { randomBytes } from 'node:crypto';

/**
 * 16 bytes with 126 random bits (RFC 5280, 4.1.2.2 wants a positive integer of at most 20 octets, the
 * CA/Browser Forum at least 64 bits of entropy). The first two bits are 01: positive, and never short.
 */
export const newSerial = (): Buffer => {
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
  return serial;
};

import type { CommandApdu } from './apdu.ts';
import { concatBytes, utf8 } from './bytes.ts';
import { encodeTlv } from './tlv.ts';

/**
 * PUT of the YKOATH protocol for a key of 14 to 64 bytes: TOTP with SHA-256, eight digits. Made by whoever holds the
 * key, and sent inside a secure channel only.
 */
export const oathPut = (name: string, key: Uint8Array): CommandApdu => ({
  cla: 0x00,
  ins: 0x01,
  p1: 0x00,
  p2: 0x00,
  data: concatBytes(encodeTlv(0x71, utf8(name)), encodeTlv(0x73, new Uint8Array([0x22, 8]), key)),
});

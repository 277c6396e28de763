import { concatBytes, encodeTlv, fromHex } from '../../../../electron/shared/codec/index.ts';

/**
 * Discovery object, SP 800-73-4 part 1, §3.3.2: the full AID, and that the application's own PIN (80), no
 * global one, opens the card.
 */
export const encodeDiscovery = (): Uint8Array =>
  concatBytes(encodeTlv(0x4f, fromHex('a000000308000010000100')), encodeTlv(0x5f2f, fromHex('4000')));

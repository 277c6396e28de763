import {
  concatBytes,
  encodeTlv,
  findTlv,
  fromHex,
  parseTlvs,
} from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';

/**
 * Card Capability Container, SP 800-73-4 part 1, table 8; OpenSC and Windows take the card for PIV by it.
 * @param cardId 14 bytes that tell this card from others; another length throws.
 */
export const encodeCcc = (cardId: Uint8Array): Uint8Array => {
  if (cardId.length !== 14) throw new Error('A card identifier in the CCC has 14 bytes');
  return concatBytes(
    encodeTlv(0xf0, cccPrefix, cardId),
    fromHex('f10121 f20121 f300 f40100 f50110 f600 f700 fa00 fb00 fc00 fd00 fe00'),
  );
};

/** Card identifier of a CCC, with its issuer's prefix. Fault: card-bad-answer. */
export const parseCcc = (content: Uint8Array): Result<{ cardIdentifier: Uint8Array }> => {
  const fields = parseTlvs(content);
  if (!fields.ok) return fields;
  const cardIdentifier = findTlv(fields.value, 0xf0);
  return cardIdentifier === undefined ? fail('card-bad-answer', { what: 'CCC' }) : ok({ cardIdentifier });
};

// GSC-RID, manufacturer FF, card type 02 = Java Card
const cccPrefix = fromHex('a000000116 ff 02');

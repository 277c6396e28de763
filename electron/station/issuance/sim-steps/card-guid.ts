import { createHash } from 'node:crypto';
import type { MediumIdentityRecord } from '../../../shared/domain/index.ts';

/** What the card says of itself in CHUID and CCC. */
export interface CardGuid {
  /** 16 bytes: a UUID of version 8 (RFC 9562), made from bank and card number. */
  readonly guid: Uint8Array;
  /** 14 bytes. */
  readonly cccIdentifier: Uint8Array;
}

/** A card without a serial keeps the GUID it came with: it is what the bank knows it by. */
export function cardGuid(bankId: string, cardId: string, medium: MediumIdentityRecord): CardGuid {
  const digest = createHash('sha256').update(`cardwright|card|${bankId}|${cardId}`).digest();
  const cccIdentifier = new Uint8Array(digest.subarray(16, 30));
  if (/^[0-9a-f]{32}$/.test(medium.identity))
    return { guid: new Uint8Array(Buffer.from(medium.identity, 'hex')), cccIdentifier };
  const guid = new Uint8Array(digest.subarray(0, 16));
  guid[6] = ((guid[6] ?? 0) & 0x0f) | 0x80;
  guid[8] = ((guid[8] ?? 0) & 0x3f) | 0x80;
  return { guid, cccIdentifier };
}

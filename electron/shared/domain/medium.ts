import { z } from 'zod';

/** What the customer takes home. SIM and smart card are cards over PC/SC; the SD card is a volume. */
export const mediumKind = z.enum(['sd-card', 'sim', 'smart-card']);
export type MediumKind = z.infer<typeof mediumKind>;

/** Identity of a medium as the bank registers it. */
export const mediumIdentity = z.object({
  kind: mediumKind,
  /** SD: serial | CID | size | volume id. Cards: the GUID or the manufacturer's card serial, hex. */
  identity: z.string().min(4).max(200),
  /** What a person reads on it or on the screen, for stock and receipt. */
  serial: z.string().min(1).max(64),
});
export type MediumIdentityRecord = z.infer<typeof mediumIdentity>;

/**
 * What an inspection finds on a medium. unrecorded: signed by this bank, which has no record of it, as after it went
 * back to an older state. foreign: not this bank's, or no card that the station knows.
 */
export const foundContent = z.enum(['blank', 'complete', 'incomplete', 'unrecorded', 'foreign']);
export type FoundContent = z.infer<typeof foundContent>;

/**
 * The place of a key: PIV slots in lower-case hex (82 to 95 for further banks on one card), or 'file' for the
 * PKCS#8 key on an SD card.
 */
// prettier-ignore
export const keySlot = z.enum([
  '9a', '9c', '9d', '9e', 'file',
  '82', '83', '84', '85', '86', '87', '88', '89', '8a', '8b',
  '8c', '8d', '8e', '8f', '90', '91', '92', '93', '94', '95',
]);
export type KeySlot = z.infer<typeof keySlot>;

export const keyAlgorithm = z.enum(['p-256', 'rsa-2048', 'p-384']);
export type KeyAlgorithm = z.infer<typeof keyAlgorithm>;

import { z } from 'zod';
import { officer } from './officer.ts';

/** An officer's number as it stands in a certificate: a PrintableString (RFC 5280, appendix A). */
export const officerNumber = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$/);

/**
 * pending: certified, and not yet seen whole on its card; nobody signs in with it. active: one at most for an officer.
 * revoked: for ever.
 */
export const officerCardState = z.enum(['pending', 'active', 'revoked']);
export type OfficerCardState = z.infer<typeof officerCardState>;

/** Why a manager takes an officer's card out of use. superseded is the bank's own word: another one took its place. */
export const officerCardEnd = z.enum(['lost', 'damaged', 'left']);
export type OfficerCardEnd = z.infer<typeof officerCardEnd>;

/** An officer's own card as the bank's registry has it. */
export const officerCard = officer.extend({
  branch: z.string(),
  /** SHA-256 of the certificate, hex: what the card is known by. */
  certificateSha256: z.string(),
  certificateSerial: z.string(),
  mediumIdentity: z.string(),
  mediumSerial: z.string(),
  state: officerCardState,
  stationId: z.string(),
  issuedAt: z.string(),
  issuedBy: z.string(),
  notAfter: z.string(),
  activatedAt: z.string().optional(),
  endedAt: z.string().optional(),
  endedBy: z.string().optional(),
  reason: z.string().optional(),
});
export type OfficerCard = z.infer<typeof officerCard>;

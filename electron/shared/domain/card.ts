import { z } from 'zod';
import { keySlot, mediumIdentity } from './medium.ts';

/** States of a card (DESIGN.md §4). Three machines, never one: card, certificate, registration. */
export const cardState = z.enum([
  'blank',
  'prepared',
  'reserved',
  'keyed',
  'certified',
  'written',
  'verified',
  'registered',
  'delivered',
  'active',
  'suspended',
  'revoked',
  'damaged',
  'lost',
  'expired',
  'wiped',
  'destroyed',
  'broken',
]);
export type CardState = z.infer<typeof cardState>;

export const certificateState = z.enum(['requested', 'issued', 'on-hold', 'revoked', 'expired']);
export type CertificateState = z.infer<typeof certificateState>;

export const registrationState = z.enum(['pending', 'active', 'suspended', 'void', 'closed']);
export type RegistrationState = z.infer<typeof registrationState>;

const cardMoves: Record<CardState, readonly CardState[]> = {
  blank: ['prepared', 'reserved', 'damaged', 'destroyed'],
  prepared: ['reserved', 'damaged', 'wiped', 'destroyed'],
  reserved: ['keyed', 'certified', 'broken', 'wiped', 'damaged'],
  keyed: ['certified', 'broken', 'wiped', 'damaged'],
  certified: ['written', 'verified', 'broken', 'revoked', 'wiped', 'damaged'],
  written: ['verified', 'broken', 'revoked', 'wiped', 'damaged'],
  verified: ['registered', 'broken', 'revoked', 'wiped', 'damaged'],
  registered: ['delivered', 'broken', 'revoked', 'wiped', 'damaged'],
  delivered: ['active', 'broken', 'revoked', 'lost', 'damaged'],
  active: ['suspended', 'revoked', 'lost', 'damaged', 'expired'],
  suspended: ['active', 'revoked', 'lost', 'damaged', 'expired'],
  revoked: ['wiped', 'destroyed'],
  damaged: ['revoked', 'destroyed'],
  lost: ['revoked', 'destroyed'],
  expired: ['revoked', 'wiped', 'destroyed'],
  wiped: ['prepared', 'reserved', 'destroyed'],
  destroyed: [],
  // exactly two exits: resume (back to where it was) or compensate (revoked or wiped)
  broken: [
    'reserved',
    'keyed',
    'certified',
    'written',
    'verified',
    'registered',
    'delivered',
    'revoked',
    'wiped',
    'damaged',
  ],
};

const certificateMoves: Record<CertificateState, readonly CertificateState[]> = {
  requested: ['issued', 'revoked'],
  issued: ['on-hold', 'revoked', 'expired'],
  'on-hold': ['issued', 'revoked', 'expired'],
  revoked: [],
  expired: [],
};

const registrationMoves: Record<RegistrationState, readonly RegistrationState[]> = {
  pending: ['active', 'closed'],
  active: ['suspended', 'void', 'closed'],
  suspended: ['active', 'void', 'closed'],
  void: ['closed'],
  closed: [],
};

/** States a card can go to next; the card panel lights these. */
export const nextCardStates = (from: CardState): readonly CardState[] => cardMoves[from];
export const nextCertificateStates = (from: CertificateState): readonly CertificateState[] =>
  certificateMoves[from];
export const nextRegistrationStates = (from: RegistrationState): readonly RegistrationState[] =>
  registrationMoves[from];

/** The bank's record of one card. Times are ISO 8601 UTC; hashes lower-case hex. */
export const cardRecord = z.object({
  cardId: z.string(),
  customerId: z.string(),
  customerName: z.string(),
  medium: mediumIdentity,
  slot: keySlot,
  state: cardState,
  certificate: z
    .object({
      serial: z.string(),
      subject: z.string(),
      notBefore: z.string(),
      notAfter: z.string(),
      /** SHA-256 of the DER certificate. */
      sha256: z.string(),
      /** SHA-256 of the SubjectPublicKeyInfo. */
      publicKeySha256: z.string(),
      state: certificateState,
      reason: z.string().optional(),
    })
    .optional(),
  registration: z
    .object({ state: registrationState, since: z.string(), reason: z.string().optional() })
    .optional(),
  clientVersion: z.string().optional(),
  officerId: z.string(),
  stationId: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type CardRecord = z.infer<typeof cardRecord>;

import { z } from 'zod';
import { chainAnswer } from '../codec/otp-chain/chain-schemas.ts';

/**
 * What the phone client signs and posts to the portal (S0 steps 4–6), as JSON.
 * The signature is over the UTF-8 bytes of `payload` exactly as sent, under the algorithm of the card's key
 * (key-algorithms.ts): ECDSA in IEEE P1363 form (what WebCrypto makes) or RSA PKCS#1 v1.5, base64url.
 */
export const loginAssertion = z.object({
  payload: z.string().max(4000),
  signature: z.string().max(700),
  /** base64 of the DER certificate read from the card. */
  certificate: z.string().max(8000),
  /** base64 of the CMS-signed user information read from the card. */
  userInfo: z.string().max(16000),
});
export type LoginAssertion = z.infer<typeof loginAssertion>;

/** Who says what to whom, and when: the same in everything a phone client signs. */
export const signedHead = z.object({
  version: z.literal(1),
  /** Origin of the bank's portal. */
  audience: z.string(),
  bankId: z.string(),
  cardId: z.string(),
  /** 16 random bytes or more, base64url; accepted once. */
  nonce: z.string().min(22),
  /** Seconds since 1970, UTC. */
  issuedAt: z.number().int(),
  expiresAt: z.number().int(),
  clientVersion: z.string(),
  /** SHA-256 of the DER certificate, hex. */
  certificateSha256: z.string(),
});
export type SignedHead = z.infer<typeof signedHead>;

export const loginAssertionPayload = signedHead.extend({
  type: z.literal('cardwright-login'),
  /** Of a card with a chain (S1). */
  otp: chainAnswer.optional(),
});
export type LoginAssertionPayload = z.infer<typeof loginAssertionPayload>;

/** The form field and path of the top-level POST. */
export const loginPath = '/login';
export const loginField = 'assertion';

/** User information on the medium: the content the bank signs (CMS eContent, JSON, UTF-8). */
export const userInfo = z.object({
  version: z.literal(1),
  bankId: z.string(),
  bankName: z.string(),
  portalOrigin: z.string(),
  cardId: z.string(),
  customerId: z.string(),
  name: z.string(),
  loginName: z.string(),
  certificateSha256: z.string(),
  issuedAt: z.string(),
});
export type UserInfo = z.infer<typeof userInfo>;

/** Manifest of an SD card: CMS eContent of `manifest.p7s`. */
export const sdManifest = z.object({
  version: z.literal(1),
  bankId: z.string(),
  cardId: z.string(),
  mediumIdentity: z.string(),
  clientVersion: z.string(),
  files: z.array(z.object({ path: z.string(), sha256: z.string(), size: z.number() })),
  signedAt: z.string(),
});
export type SdManifest = z.infer<typeof sdManifest>;

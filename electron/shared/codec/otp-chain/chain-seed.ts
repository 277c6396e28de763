import { utf8 } from '../bytes.ts';
import type { SeedMaterial } from './chain-keys.ts';

/**
 * How the seed of a chain comes onto a medium (S1): sealed to the key of the card's own certificate, so that
 * only who unlocks the card opens it; the station carries it and cannot read it.
 *
 *   ephemeral P-256 point (65) | AES-256-GCM ciphertext and tag of the JSON below
 *   key (32) and nonce (12) = HKDF-SHA256(secret: ECDH x-coordinate, salt: SHA-256 of the card's certificate,
 *                                          info: `seedInfo` | ephemeral point)
 */
export interface ChainSeed {
  /** base64, 32 bytes. */
  readonly secret: string;
  readonly userId: string;
  readonly mediumIdentity: string;
}

export const seedInfo = utf8('cardwright/chain-seed/v1');

/** The certificate is the card's own, DER; it also stands for the card's key, which is in it. */
export const seedMaterial = (seed: ChainSeed, secret: Uint8Array, certificate: Uint8Array): SeedMaterial => ({
  secret,
  userId: seed.userId,
  certificate,
  mediumIdentity: seed.mediumIdentity,
});

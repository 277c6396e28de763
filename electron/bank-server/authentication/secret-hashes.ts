import { hash, verify } from '@node-rs/argon2';

/**
 * Argon2id (RFC 9106) over account PINs and login passwords, with a key of the bank's beside the salt:
 * a six-digit PIN has too few values for a hash alone to hide it from someone who holds the database.
 */
export interface SecretHashes {
  make(secret: string): Promise<string>;
  matches(stored: string, secret: string): Promise<boolean>;
}

/**
 * KiB and passes. One of the sets that OWASP's password storage cheat sheet counts as equally strong; of these the
 * fastest to compute where two hashes at once are to stay in a server's cache. argon2id and version 0x13 are the
 * library's defaults. What was hashed under another set still matches: each hash names its own.
 */
export const secretHashCost = { memoryCost: 12_288, timeCost: 3 };

export const secretHashes = (pepper: Buffer): SecretHashes => {
  const options = { ...secretHashCost, parallelism: 1, secret: pepper };
  return {
    make: (secret) => hash(secret.normalize('NFC'), options),
    matches: (stored, secret) => verify(stored, secret.normalize('NFC'), { secret: pepper }),
  };
};

import { hash, verify } from '@node-rs/argon2';

/**
 * Argon2id (RFC 9106) over account PINs and login passwords, with a key of the bank's beside the salt:
 * a six-digit PIN has too few values for a hash alone to hide it from someone who holds the database.
 */
export interface SecretHashes {
  make(secret: string): Promise<string>;
  matches(stored: string, secret: string): Promise<boolean>;
}

export const secretHashes = (pepper: Buffer): SecretHashes => {
  // argon2id and version 0x13 are this library's defaults; 19 MiB and two passes: OWASP's floor
  const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1, secret: pepper };
  return {
    make: (secret) => hash(secret.normalize('NFC'), options),
    matches: (stored, secret) => verify(stored, secret.normalize('NFC'), { secret: pepper }),
  };
};

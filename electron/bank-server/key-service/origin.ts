import { z } from 'zod';
import { toHex, utf8 } from '../../shared/codec/index.ts';

/**
 * How a card's secrets come from a master key: `hkdf` (cards from before there were versions), `sp800-108`
 * (counter mode over AES-CMAC), `kdf3` (the keys of an SCP03 domain), `emv` and `visa2` (those of an SCP02 domain).
 */
export const derivationMethods = ['hkdf', 'sp800-108', 'kdf3', 'emv', 'visa2'] as const;
export type DerivationMethod = (typeof derivationMethods)[number];

/** What a secret of a card comes from: with the master key of this version it can be made again, and by nothing less. */
export const origin = z.strictObject({
  /** Of the master key. */
  version: z.number().int().min(1),
  method: z.enum(derivationMethods),
  /** Diversification data, lower-case hex. */
  data: z.string().regex(/^([0-9a-f]{2})+$/),
  /** Of each key of a domain; absent: 16. */
  keyBytes: z.union([z.literal(16), z.literal(24), z.literal(32)]).optional(),
});
export type Origin = z.infer<typeof origin>;

/** Where a secret comes from that a card has: everybody's factory, or the bank. */
export type SecretSource = 'factory' | Origin;

export const originText = (source: SecretSource): string | null =>
  source === 'factory' ? null : JSON.stringify(source);

/** Throws for a text that this program did not write. */
export const parseOrigin = (text: string | null): Origin | undefined =>
  text === null ? undefined : origin.parse(JSON.parse(text));

/** A medium's identity as diversification data. */
export const identityData = (mediumIdentity: string): string => toHex(utf8(mediumIdentity));

export const dataOf = ({ data }: Origin): Uint8Array => new Uint8Array(Buffer.from(data, 'hex'));

import { z } from 'zod';

/** One attempt with a key on a card. */
export const keyAttempt = z.object({
  at: z.string(),
  what: z.enum(['management-key', 'channel-keys']),
  version: z.enum(['factory', 'diversified']),
  /** none: the card was asked and its answer never came to the bank. */
  answer: z.enum(['right', 'refused', 'none']),
});
export type KeyAttempt = z.infer<typeof keyAttempt>;

/**
 * What a person found out about a card that refused a key. as-recorded: it has the keys the bank's book says, the
 * refusal had another cause. factory: it has the factory's secrets again.
 */
export const quarantineFinding = z.enum(['as-recorded', 'factory']);
export type QuarantineFinding = z.infer<typeof quarantineFinding>;

/** One line of a card's story at the key service, oldest first. */
export const cardEvent = z.object({
  at: z.string(),
  kind: z.enum([
    'prepared',
    'withdrawn',
    'command-refused',
    'quarantined',
    'release-asked',
    'release-refused',
    'released',
  ]),
  stationId: z.string(),
  officerId: z.string().optional(),
  /** Why, in the words or the code of who did it. */
  reason: z.string().optional(),
  finding: quarantineFinding.optional(),
});
export type CardEvent = z.infer<typeof cardEvent>;

export const quarantineRelease = z.object({
  releaseId: z.string(),
  finding: quarantineFinding,
  reason: z.string(),
  askedBy: z.string(),
  askedAt: z.string(),
  stationId: z.string(),
});
export type QuarantineRelease = z.infer<typeof quarantineRelease>;

const keyState = z.enum(['factory', 'changing', 'diversified']);

/** A card that refused a key: nobody tries another until two people have decided. */
export const quarantinedCard = z.object({
  mediumIdentity: z.string(),
  /** What a person reads on it, where the bank has seen it before. */
  serial: z.string().optional(),
  since: z.string(),
  /** 'management-key', 'channel-keys' or 'applet-content', or what the station said. */
  reason: z.string(),
  stationId: z.string(),
  /** What the bank's book says the card has. */
  keys: z.object({ managementKey: keyState, puk: keyState, channelKeys: keyState }),
  attempts: z.array(keyAttempt),
  events: z.array(cardEvent),
  /** Asked for by one officer, waiting for another. */
  pending: quarantineRelease.optional(),
});
export type QuarantinedCard = z.infer<typeof quarantinedCard>;

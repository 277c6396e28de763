import type { ChannelKeySet } from './key-set.ts';
import { openSession } from './open-session.ts';
import type { OpeningExchange } from './opening-exchange.ts';

/**
 * Whether the card proved these very keys when a channel began. Asked of the factory's keys after a channel
 * under the bank's, it shows that the card no longer has them, without one command to the card and so without
 * touching its counter.
 */
export const provesKeys = (
  keys: ChannelKeySet,
  { hostChallenge, initializeUpdateResponse }: OpeningExchange,
): boolean => {
  const anyVersion = { ...keys, version: 0 };
  return openSession(anyVersion, initializeUpdateResponse, { hostChallenge, level: 0x00 }).ok;
};

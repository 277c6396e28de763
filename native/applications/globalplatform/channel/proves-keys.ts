import { openScp02 } from '../scp02/open-scp02.ts';
import { openScp03 } from '../scp03/open-scp03.ts';
import { parseInitializeUpdate } from './initialize-update.ts';
import type { ChannelKeySet } from './key-set.ts';
import type { OpeningExchange } from './secure-channel-pipe.ts';

/**
 * Whether the card proved these very keys when a channel began. Asked of the factory's keys after a channel
 * under the bank's, it shows that the card no longer has them, without one command to the card and so without
 * touching its counter.
 */
export const provesKeys = (
  keys: ChannelKeySet,
  { hostChallenge, initializeUpdateResponse }: OpeningExchange,
): boolean => {
  const answer = parseInitializeUpdate(initializeUpdateResponse);
  if (!answer.ok || (answer.value.protocol === 'scp03') !== (keys.type === 'aes')) return false;
  const request = { hostChallenge, level: 0x00 } as const;
  return answer.value.protocol === 'scp03'
    ? openScp03(keys, answer.value, request).ok
    : openScp02(keys, answer.value, request).ok;
};

import { fail, type Result } from '../result/index.ts';
import type { SessionOpening, SessionRequest } from './channel-session.ts';
import { parseInitializeUpdate } from './initialize-update.ts';
import type { ChannelKeySet } from './key-set.ts';
import { openScp02 } from './scp02/open-scp02.ts';
import { openScp03 } from './scp03/open-scp03.ts';

/**
 * The keys' side of a channel from the card's answer to INITIALIZE UPDATE, by the protocol that it speaks.
 * Faults: card-management-key-refused (the card proved other keys), card-bad-answer, card-unsupported.
 */
export const openSession = (
  keySet: ChannelKeySet,
  initializeUpdateResponse: Uint8Array,
  request: SessionRequest,
): Result<SessionOpening> => {
  const answer = parseInitializeUpdate(initializeUpdateResponse);
  if (!answer.ok) return answer;
  const { keyVersion, protocol } = answer.value;
  if (keySet.version !== 0 && keyVersion !== keySet.version)
    return fail('card-bad-answer', { what: 'key-version', keyVersion });
  if ((protocol === 'scp03') !== (keySet.type === 'aes'))
    return fail('card-unsupported', { what: 'secure-channel-protocol', protocol });
  return protocol === 'scp03'
    ? openScp03(keySet, answer.value, request)
    : openScp02(keySet, answer.value, request);
};

import { createHash } from 'node:crypto';
import { ok, type Result } from '../../shared/result/index.ts';
import {
  cccObject,
  certificateObject,
  chuidObject,
  keyHistoryObject,
  markerObject,
  securityObject,
  userInfoObject,
} from '../../../native/applications/piv/index.ts';
import { chainsOn } from '../issuance/sim-steps/card-chain.ts';
import type { CardInUse } from '../readers/readers.ts';

/**
 * SHA-256, hex, over all that a card shows of its customer without a PIN: objects, public key, and which chains of
 * one-time passwords it has. The same before and after: nothing of the customer's was touched. PIV is selected after.
 */
export async function customerContent(card: CardInUse, cardId: string | undefined): Promise<Result<string>> {
  const { piv } = card;
  const selected = await piv.selectPiv();
  if (!selected.ok) return selected;
  const hash = createHash('sha256');
  const add = (name: string, content: Uint8Array | undefined) => {
    hash.update(`${name} ${content?.length ?? 'none'}\n`).update(content ?? '');
  };
  for (const tag of objects) {
    const content = await piv.getObject(tag);
    if (!content.ok) return content;
    add(tag.toString(16), content.value);
  }
  const key = await piv.readMetadata('9a');
  if (!key.ok) return key;
  add('9a', key.value?.publicKey);
  const chains = cardId === undefined ? ok([]) : await chainsOn(card, cardId);
  if (!chains.ok) return chains;
  hash.update(`chains ${chains.value.join(' ')}`);
  const again = await piv.selectPiv();
  return again.ok ? ok(hash.digest('hex')) : again;
}

const objects = [
  markerObject,
  userInfoObject,
  certificateObject('9a'),
  securityObject,
  chuidObject,
  cccObject,
  keyHistoryObject,
];

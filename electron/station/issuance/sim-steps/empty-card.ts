import { ok, type Result } from '../../../shared/result/index.ts';
import {
  cccObject,
  certificateObject,
  chuidObject,
  managementCommands,
  markerObject,
  securityObject,
  userInfoObject,
  type PivSession,
} from '../../../../native/applications/piv/index.ts';
import type { BankClient } from '../../bank/bank-client.ts';
import type { CardInUse } from '../../readers/readers.ts';
import { removeChains } from './card-chain.ts';
import { replacePivSecrets } from './card-secrets.ts';
import { changePivSecretsInChannel } from './channel-to-application.ts';
import { manageCard } from './manage-card.ts';
import { hasNoManagementKey } from './management-access.ts';

/** What blank cards come with; public. */
export const factoryPin = '123456';
export const factoryPuk = '12345678';

/**
 * Nothing of this bank is left on the card: objects, key, PIN. Can be called again after any interruption.
 * A card that can be reset is; on another the marker goes first, so that no half of it looks whole, and the
 * private key is replaced by one nobody uses.
 */
export async function emptyCard(
  card: CardInUse,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<void>> {
  const { piv } = card;
  // First what is not PIV's: a card that is pulled in between still shows that it is not blank.
  const chains = await removeChains(card);
  if (!chains.ok) return chains;
  const selected = await piv.selectPiv();
  if (!selected.ok) return selected;
  const version = await piv.version();
  if (!version.ok) return version;
  if (version.value !== undefined) {
    const reset = await piv.reset();
    if (!reset.ok) return reset;
    const secrets = { managementKey: 'factory', puk: 'factory' } as const;
    const reported = await bank.call('reportCardKeys', { mediumIdentity }, secrets);
    return reported.ok ? ok() : reported;
  }

  // A card that never had an object may not know how to remove it.
  const there = await objectsOn(piv, mediumIdentity);
  if (!there.ok) return there;
  const managed = await manageCard(card, bank, mediumIdentity);
  if (!managed.ok) return managed;
  const { putObject, generateKey } = managementCommands;
  const emptied = await managed.value.send(
    ...there.value.map((tag) => putObject(tag, new Uint8Array(0))),
    generateKey('9a', 'p-256'),
  );
  if (!emptied.ok) return emptied;
  const secrets = await replacePivSecrets(piv, bank, mediumIdentity, 'factory');
  if (!secrets.ok && hasNoManagementKey(secrets.fault))
    return changePivSecretsInChannel(card, bank, mediumIdentity, 'factory');
  if (!secrets.ok) return secrets;
  const pin = await piv.unblockPin(factoryPuk, factoryPin);
  return pin.ok ? ok() : pin;
}

/** What this bank has written, in the order in which it goes. */
async function objectsOn(piv: PivSession, mediumIdentity: string): Promise<Result<number[]>> {
  // A card that is known by its GUID keeps it.
  const identityObjects = /^[0-9a-f]{32}$/.test(mediumIdentity) ? [] : [chuidObject, cccObject];
  const own = [markerObject, userInfoObject, certificateObject('9a'), securityObject];
  const there: number[] = [];
  for (const tag of [...own, ...identityObjects]) {
    const content = await piv.getObject(tag);
    // Damaged content is content.
    if (!content.ok && content.fault.code !== 'card-bad-answer') return content;
    if (!content.ok || content.value !== undefined) there.push(tag);
  }
  return ok(there);
}

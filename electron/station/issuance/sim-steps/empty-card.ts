import { ok, type Result } from '../../../shared/result/index.ts';
import {
  cccObject,
  certificateObject,
  chuidObject,
  markerObject,
  userInfoObject,
  type PivSession,
} from '../../../../native/applications/piv/index.ts';
import type { BankClient } from '../../bank/bank-client.ts';
import { replacePivSecrets } from './card-secrets.ts';
import { openForWriting } from './management-access.ts';

/** What blank cards come with; public. */
export const factoryPin = '123456';
export const factoryPuk = '12345678';

/**
 * Nothing of this bank is left on the card: objects, key, PIN. Can be called again after any interruption.
 * A card that can be reset is; on another the marker goes first, so that no half of it looks whole, and the
 * private key is replaced by one nobody uses.
 */
export async function emptyCard(
  piv: PivSession,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<void>> {
  const version = await piv.version();
  if (!version.ok) return version;
  if (version.value !== undefined) {
    const reset = await piv.reset();
    if (!reset.ok) return reset;
    const secrets = { managementKey: 'factory', puk: 'factory' } as const;
    const reported = await bank.call('reportCardKeys', { mediumIdentity }, secrets);
    return reported.ok ? ok() : reported;
  }

  const opened = await openForWriting(piv, bank, mediumIdentity);
  if (!opened.ok) return opened;
  // A card that is known by its GUID keeps it.
  const identityObjects = /^[0-9a-f]{32}$/.test(mediumIdentity) ? [] : [chuidObject, cccObject];
  for (const tag of [markerObject, userInfoObject, certificateObject('9a'), ...identityObjects]) {
    const emptied = await piv.putObject(tag, new Uint8Array(0));
    // A card that never had the object may not know how to remove it.
    if (!emptied.ok && emptied.fault.code !== 'card-object-missing') return emptied;
  }
  const replaced = await piv.generateKey('9a', 'p-256');
  if (!replaced.ok) return replaced;
  const secrets = await replacePivSecrets(piv, bank, mediumIdentity, 'factory');
  if (!secrets.ok) return secrets;
  const pin = await piv.unblockPin(factoryPuk, factoryPin);
  return pin.ok ? ok() : pin;
}

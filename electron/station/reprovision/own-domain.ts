import { fail, type Result } from '../../shared/result/index.ts';
import type { SecuredDomain } from '../../../native/applications/globalplatform/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import { openDomain } from '../issuance/sim-steps/card-secrets.ts';
import type { CardInUse } from '../readers/readers.ts';

/**
 * The card's security domain in a channel under the card's own keys, which the bank holds. What was authenticated
 * before is over, and PIV has to be selected again. Faults: card-unsupported {what: secure-channel-keys} (no domain,
 * the keys of delivery, or none of the bank's), those of `openChannel` and of the work.
 */
export async function inOwnDomain<T>(
  { globalPlatform }: CardInUse,
  bank: BankClient,
  mediumIdentity: string,
  work: (domain: SecuredDomain) => Promise<Result<T>>,
): Promise<Result<T>> {
  const opened = await openDomain(globalPlatform, bank, mediumIdentity);
  if (!opened.ok) return opened;
  if (typeof opened.value === 'string') return fail('card-unsupported', { what: 'secure-channel-keys' });
  const { domain, keys } = opened.value;
  // Nothing is loaded under keys that everybody knows.
  const done =
    keys === 'diversified' ? await work(domain) : fail('card-unsupported', { what: 'secure-channel-keys' });
  await domain.close();
  return done;
}

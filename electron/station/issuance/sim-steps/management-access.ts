import { fail, ok, type Fault, type Result } from '../../../shared/result/index.ts';
import type { ManagementAuthenticator, PivSession } from '../../../../native/applications/piv/index.ts';
import type { BankClient } from '../../bank/bank-client.ts';
import { fromBase64, toBase64 } from '../issued-card.ts';

/** A card that is open for writing. */
export interface ManagementAccess {
  /** Proves to the bank, for two minutes, that this card has shown its key. */
  readonly authenticationId: string;
  readonly key: 'factory' | 'diversified';
  /** It comes from a master key of the bank's that another has replaced. */
  readonly outdated: boolean;
  readonly algorithm: ManagementAuthenticator['algorithm'];
}

/**
 * Opens the card for writing. The management key (9B) is the bank's: the station carries witness and
 * challenge between card and bank and never sees the key. One attempt: a card that refuses is in quarantine.
 * Faults: card-unsupported {what: management-key} (the card has no such key), card-management-key-refused,
 * card-quarantined, those of card and bank.
 */
export async function openForWriting(
  piv: PivSession,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<ManagementAccess>> {
  const algorithm = await piv.readManagementAlgorithm();
  if (!algorithm.ok) return algorithm;
  if (algorithm.value === undefined) return fail('card-unsupported', { what: noManagementKey });
  const metadata = await piv.readMetadata('management-key');
  if (!metadata.ok) return metadata;
  const tried = {
    mediumIdentity,
    algorithm: algorithm.value,
    isDefault: metadata.value?.isDefault,
  };
  const first = await authenticateOnce(piv, bank, tried);
  // The bank was giving the card another key; the card has the one from before, and that is tried once.
  return first.ok && first.value === 'try-again'
    ? lastOf(await authenticateOnce(piv, bank, tried))
    : lastOf(first);
}

const lastOf = (result: Result<ManagementAccess | 'try-again'>): Result<ManagementAccess> =>
  result.ok && result.value === 'try-again'
    ? fail('card-management-key-refused')
    : (result as Result<ManagementAccess>);

async function authenticateOnce(
  piv: PivSession,
  bank: BankClient,
  card: TriedCard,
): Promise<Result<ManagementAccess | 'try-again'>> {
  const authenticator = bankAuthenticator(bank, card);
  const opened = await piv.authenticateManagement(authenticator);
  if (opened.ok) return ok({ ...authenticator.proven(), algorithm: card.algorithm });
  // The bank refused before anything was tried, or has put the card aside itself.
  if (opened.fault.code !== 'card-management-key-refused' || !authenticator.wasTried()) return opened;
  if (authenticator.mayTryAgain()) return ok('try-again');
  const { mediumIdentity } = card;
  const noted = await bank.call('quarantineCard', { mediumIdentity }, { reason: 'management-key' });
  if (!noted.ok) return noted;
  return noted.value.tryAgain === true ? ok('try-again') : opened;
}

const noManagementKey = 'management-key';

/** Such a card is managed through a secure channel. */
export const hasNoManagementKey = ({ code, data }: Fault): boolean =>
  code === 'card-unsupported' && data.what === noManagementKey;

interface TriedCard {
  readonly mediumIdentity: string;
  readonly algorithm: ManagementAuthenticator['algorithm'];
  readonly isDefault: boolean | undefined;
}

function bankAuthenticator(
  bank: BankClient,
  { mediumIdentity, algorithm, isDefault }: TriedCard,
): ManagementAuthenticator & {
  wasTried(): boolean;
  mayTryAgain(): boolean;
  proven(): Pick<ManagementAccess, 'authenticationId' | 'key' | 'outdated'>;
} {
  let authenticationId = '';
  let key: ManagementAccess['key'] = 'factory';
  let outdated = false;
  let again = false;
  return {
    algorithm,
    wasTried: () => authenticationId !== '',
    mayTryAgain: () => again,
    proven: () => ({ authenticationId, key, outdated }),
    async begin(encryptedWitness) {
      const begun = await bank.call(
        'beginManagementAuthentication',
        {},
        {
          mediumIdentity,
          keyVersion: 'current',
          algorithm,
          encryptedWitness: toBase64(encryptedWitness),
          ...(isDefault !== undefined && { isDefault }),
        },
      );
      if (!begun.ok) return begun;
      authenticationId = begun.value.authenticationId;
      return ok({
        witness: fromBase64(begun.value.witness),
        challenge: fromBase64(begun.value.challenge),
      });
    },
    async finish(cardResponse) {
      const finished = await bank.call(
        'finishManagementAuthentication',
        { authenticationId },
        { response: toBase64(cardResponse) },
      );
      if (!finished.ok) return finished;
      ({ key, outdated } = finished.value);
      again = finished.value.tryAgain === true;
      return finished.value.genuine ? ok() : fail('card-management-key-refused');
    },
  };
}

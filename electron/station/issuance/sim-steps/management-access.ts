import { fail, ok, type Result } from '../../../shared/result/index.ts';
import type { ManagementAuthenticator, PivSession } from '../../../../native/applications/piv/index.ts';
import type { BankClient } from '../../bank/bank-client.ts';
import { fromBase64, toBase64 } from '../issued-card.ts';

/**
 * Opens the card for writing. The management key (9B) is the bank's: the station carries witness and
 * challenge between card and bank and never sees the key.
 * Faults: card-management-key-refused, those of card and bank.
 */
export async function openForWriting(
  piv: PivSession,
  bank: BankClient,
  mediumIdentity: string,
): Promise<Result<void>> {
  const algorithm = await piv.readManagementAlgorithm();
  if (!algorithm.ok) return algorithm;
  return piv.authenticateManagement(bankAuthenticator(bank, mediumIdentity, algorithm.value));
}

function bankAuthenticator(
  bank: BankClient,
  mediumIdentity: string,
  algorithm: ManagementAuthenticator['algorithm'],
): ManagementAuthenticator {
  let authenticationId = '';
  return {
    algorithm,
    async begin(encryptedWitness) {
      const begun = await bank.call(
        'beginManagementAuthentication',
        {},
        {
          mediumIdentity,
          keyVersion: 'factory',
          algorithm,
          encryptedWitness: toBase64(encryptedWitness),
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
      return finished.value.genuine ? ok() : fail('card-management-key-refused');
    },
  };
}

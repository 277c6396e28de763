import type { SecretHashes } from '../authentication/secret-hashes.ts';
import { customerRow } from '../registry/customers.ts';
import type { BankTransaction } from '../store/store.ts';
import type { NewAccount, NewCustomer } from '../store/tables.ts';
import { trainingCustomers, trainingSecrets } from './training-customers.ts';

export interface TrainingRows {
  readonly customers: readonly NewCustomer[];
  readonly accounts: readonly NewAccount[];
}

/** Everything slow (hashing the PINs) before the transaction that writes them. */
export const prepareTrainingCustomers = async (hashes: SecretHashes): Promise<TrainingRows> => {
  const pinHashes = await Promise.all(
    trainingCustomers.map(({ customerId }) => hashes.make(trainingSecrets[customerId]?.accountPin ?? '')),
  );
  const customers = trainingCustomers.map(customerRow);
  const accounts = trainingCustomers.flatMap((customer, who) =>
    customer.accounts.map((account, index) => {
      const pinBlocked = trainingSecrets[customer.customerId]?.pinBlocked === true;
      return {
        account_number: account.number,
        customer_id: customer.customerId,
        currency: account.currency,
        kind: account.kind,
        balance: customer.balances[index] ?? 0,
        pin_hash: pinHashes[who] ?? '',
        pin_failures: pinBlocked ? 3 : 0,
        pin_blocked: pinBlocked ? 1 : 0,
      };
    }),
  );
  return { customers, accounts };
};

export const admitTrainingCustomers = async (
  tx: BankTransaction,
  { customers, accounts }: TrainingRows,
): Promise<void> => {
  for (const customer of customers) await tx.insertInto('customers').values(customer).execute();
  for (const account of accounts) await tx.insertInto('accounts').values(account).execute();
};

import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { fail } from '../../shared/result/index.ts';
import type { CoreBanking } from '../core-banking/core-banking.ts';
import type { Store } from '../store/store.ts';
import type { OperatorCustomers } from './operator-customers.ts';

/** The bank's own customers, as this room asks for them. Numbers are compared without their spaces. */
export const bankCustomers = (store: Store, coreBanking: CoreBanking): OperatorCustomers => ({
  async findByPhone(phoneNumber) {
    const found = await store.db
      .selectFrom('customers')
      .select(['customer_id', 'blocked'])
      .where(digitsOf('phone'), '=', phoneNumber)
      .limit(2)
      .execute();
    const [customer, another] = found;
    // A number that two customers gave is nobody's.
    if (customer === undefined || another !== undefined) return undefined;
    return { customerId: customer.customer_id, blocked: customer.blocked !== 0 };
  },

  async findAccount(account) {
    const found = await store.db
      .selectFrom('accounts')
      .innerJoin('customers', 'customers.customer_id', 'accounts.customer_id')
      .select(['customers.customer_id', 'customers.name', 'accounts.currency'])
      .where(digitsOf('account_number'), '=', account)
      .executeTakeFirst();
    return found && { customerId: found.customer_id, name: found.name, currency: found.currency };
  },

  async checkPin(account, pin) {
    const found = await store.db
      .selectFrom('accounts')
      .select(['account_number', 'customer_id'])
      .where(digitsOf('account_number'), '=', account)
      .executeTakeFirst();
    if (found === undefined) return fail('account-pin-blocked', { triesLeft: 0 });
    return coreBanking.checkAccountPin({
      customerId: found.customer_id,
      account: found.account_number,
      pin,
      tryId: randomUUID(),
    });
  },
});

const digitsOf = (column: 'phone' | 'account_number') => sql<string>`replace(${sql.ref(column)}, ' ', '')`;

import { sql } from 'kysely';
import { fail, ok } from '../../shared/result/index.ts';
import { PIN_TRIES } from '../authentication/check-account-pin.ts';
import type { SecretHashes } from '../authentication/secret-hashes.ts';
import type { Store } from '../store/store.ts';
import type { OperatorCustomers } from './operator-customers.ts';

/** The bank's own customers, as this room asks for them. Numbers are compared without their spaces. */
export const bankCustomers = (store: Store, hashes: SecretHashes): OperatorCustomers => ({
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
    // Counted, and on the disk, before the PIN is looked at: pulling the plug never gains a try.
    const counted = await store.db
      .updateTable('accounts')
      .set((e) => ({ pin_failures: e('pin_failures', '+', 1) }))
      .where(digitsOf('account_number'), '=', account)
      .where('pin_blocked', '=', 0)
      .where('pin_failures', '<', PIN_TRIES)
      .returning(['account_number', 'pin_failures', 'pin_hash'])
      .executeTakeFirst();
    if (!counted) return fail('account-pin-blocked', { triesLeft: 0 });
    const failures = counted.pin_failures;
    const right = await hashes.matches(counted.pin_hash, pin);
    const update = store.db.updateTable('accounts').where('account_number', '=', counted.account_number);
    if (!right) {
      if (failures < PIN_TRIES) return fail('account-pin-wrong', { triesLeft: PIN_TRIES - failures });
      await update.set({ pin_blocked: 1 }).execute();
      return fail('account-pin-blocked', { triesLeft: 0 });
    }
    // Another counter may have blocked it meanwhile.
    const cleared = await update.set({ pin_failures: 0 }).where('pin_blocked', '=', 0).executeTakeFirst();
    return cleared.numUpdatedRows === 1n ? ok() : fail('account-pin-blocked', { triesLeft: 0 });
  },
});

const digitsOf = (column: 'phone' | 'account_number') => sql<string>`replace(${sql.ref(column)}, ' ', '')`;

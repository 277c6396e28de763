import type { CustomerSummary } from '../../shared/domain/index.ts';
import { fail, ok } from '../../shared/result/index.ts';
import type { SecretHashes } from '../authentication/secret-hashes.ts';
import { pageOf, placeOf } from '../http/cursor.ts';
import { findCustomer, searchWord } from '../registry/customers.ts';
import type { Store } from '../store/store.ts';
import type { CoreBanking } from './core-banking.ts';

export const PIN_TRIES = 3;

/** Customers and PINs in the bank server's own tables: for training, and for a bank without another core. */
export const ownCoreBanking = (store: Store, hashes: SecretHashes): CoreBanking => ({
  async findCustomers(query, { cursor, most }) {
    const wanted = searchWord(query);
    if (wanted === '') return ok({ customers: [] });
    const after = placeOf(cursor);
    if (!after.ok) return after;
    let found = store.db
      .selectFrom('customers')
      .selectAll()
      .where('search_text', 'like', `%${wanted}%`)
      .orderBy('name_latin')
      .orderBy('customer_id')
      .limit(most + 1);
    if (after.value !== undefined) {
      const { value, key } = after.value;
      found = found.where((e) =>
        e.or([e('name_latin', '>', value), e.and([e('name_latin', '=', value), e('customer_id', '>', key)])]),
      );
    }
    const { rows, next } = pageOf(await found.execute(), most, ({ name_latin, customer_id }) => ({
      value: name_latin,
      key: customer_id,
    }));
    const customers = rows.map((row): CustomerSummary => ({
      customerId: row.customer_id,
      name: row.name,
      nameLatin: row.name_latin,
      birthDate: row.birth_date,
      documentNumber: row.document_number,
      blocked: row.blocked === 1,
    }));
    return ok({ customers, ...(next !== undefined && { next }) });
  },

  readCustomer: (customerId) => findCustomer(store.db, customerId),

  async checkAccountPin({ account, pin, tryId }) {
    // Counted, and on the disk, before the PIN is looked at: pulling the plug never gains a try. Nor does it cost
    // one: a try that was counted and comes again, because nobody was left to answer it, is the same try.
    const counted = await store.db
      .updateTable('accounts')
      .set((e) => ({
        pin_failures: e
          .case()
          .when('pin_try', '=', tryId)
          .then(e.ref('pin_failures'))
          .else(e('pin_failures', '+', 1))
          .end(),
        pin_try: tryId,
      }))
      .where('account_number', '=', account)
      .where('pin_blocked', '=', 0)
      .where((e) => e.or([e('pin_failures', '<', PIN_TRIES), e('pin_try', '=', tryId)]))
      .returning(['pin_failures', 'pin_hash'])
      .executeTakeFirst();
    if (counted === undefined) return fail('account-pin-blocked', { triesLeft: 0 });
    const { pin_failures: failures, pin_hash: stored } = counted;
    const ofAccount = store.db.updateTable('accounts').where('account_number', '=', account);
    if (!(await hashes.matches(stored, pin))) {
      if (failures < PIN_TRIES) return fail('account-pin-wrong', { triesLeft: PIN_TRIES - failures });
      await ofAccount.set({ pin_blocked: 1 }).execute();
      return fail('account-pin-blocked', { triesLeft: 0 });
    }
    // Another counter may have blocked it meanwhile.
    const cleared = await ofAccount.set({ pin_failures: 0 }).where('pin_blocked', '=', 0).executeTakeFirst();
    return cleared.numUpdatedRows === 1n ? ok() : fail('account-pin-blocked', { triesLeft: 0 });
  },

  close: () => {},
});

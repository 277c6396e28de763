import type { BankApi, RouteReply } from '../../shared/bank-api/index.ts';
import type { Customer } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { Database } from '../store/store.ts';
import type { AccountRow, CustomerRow } from '../store/tables.ts';
import { readCardRecord } from './card-record.ts';

const MOST = 20;

/** By any part of name, Latin name, customer, phone or document number; spaces and case do not matter. */
export const findCustomers = async (
  bank: Bank,
  query: string,
): Promise<Result<RouteReply<BankApi['findCustomers']>>> => {
  const wanted = searchWord(query);
  if (wanted === '') return ok({ customers: [] });
  const rows = await bank.store.db
    .selectFrom('customers')
    .selectAll()
    .where('search_text', 'like', `%${wanted}%`)
    .orderBy('name_latin')
    .limit(MOST)
    .execute();
  return ok({
    customers: rows.map((row) => ({
      customerId: row.customer_id,
      name: row.name,
      nameLatin: row.name_latin,
      birthDate: row.birth_date,
      documentNumber: row.document_number,
      blocked: row.blocked === 1,
    })),
  });
};

export const readCustomer = async (
  bank: Bank,
  customerId: string,
): Promise<Result<RouteReply<BankApi['readCustomer']>>> => {
  const customer = await findCustomer(bank.store.db, customerId);
  if (!customer.ok) return customer;
  const cards = await bank.store.db
    .selectFrom('cards')
    .select('card_id')
    .where('customer_id', '=', customerId)
    .orderBy('created_at', 'desc')
    .execute();
  const records = [];
  for (const { card_id } of cards) {
    const record = await readCardRecord(bank.store.db, card_id);
    if (record.ok) records.push(record.value);
  }
  return ok({ customer: customer.value, cards: records });
};

export const findCustomer = async (db: Database, customerId: string): Promise<Result<Customer>> => {
  const row = await db
    .selectFrom('customers')
    .selectAll()
    .where('customer_id', '=', customerId)
    .executeTakeFirst();
  if (row === undefined) return fail('customer-unknown', { customerId });
  const accounts = await db
    .selectFrom('accounts')
    .selectAll()
    .where('customer_id', '=', customerId)
    .orderBy('account_number')
    .execute();
  return ok(customerOf(row, accounts));
};

/** Words to look in, one per line; the same folding as for what is looked for. */
export const searchText = (...words: readonly string[]): string => words.map(searchWord).join('\n');

const searchWord = (word: string): string =>
  // `%` and `_` would be wildcards, and no name or number has them
  word
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s+\-%_·.]/g, '');

const customerOf = (row: CustomerRow, accounts: readonly AccountRow[]): Customer => ({
  customerId: row.customer_id,
  name: row.name,
  nameLatin: row.name_latin,
  loginName: row.login_name,
  birthDate: row.birth_date,
  phone: row.phone,
  document: {
    type: row.document_type,
    number: row.document_number,
    name: row.document_name,
    birthDate: row.document_birth_date,
    expires: row.document_expires,
    issuedBy: row.document_issued_by,
  },
  photo: row.photo,
  accounts: accounts.map(({ account_number, currency, kind }) => ({
    number: account_number,
    currency,
    kind,
  })),
  blocked: row.blocked === 1,
});

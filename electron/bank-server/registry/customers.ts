import type { BankApi, RouteParams, RouteReply } from '../../shared/bank-api/index.ts';
import type { Customer } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { Database } from '../store/store.ts';
import type { AccountRow, CustomerRow } from '../store/tables.ts';
import { readCardRecord } from './card-record.ts';

const MOST = 20;
/** The newest of a customer; `findCards` has them all. */
const MOST_CARDS = 50;

/** By any part of name, Latin name, customer, phone or document number; spaces and case do not matter. */
export const findCustomers = async (
  bank: Bank,
  { query, cursor, limit }: RouteParams<BankApi['findCustomers']>,
): Promise<Result<RouteReply<BankApi['findCustomers']>>> => {
  const most = Math.min(Number(limit ?? MOST), MOST);
  const found = await bank.coreBanking.findCustomers(query, { cursor, most });
  return found.ok ? ok({ customers: [...found.value.customers], next: found.value.next }) : found;
};

export const readCustomer = async (
  bank: Bank,
  customerId: string,
): Promise<Result<RouteReply<BankApi['readCustomer']>>> => {
  const customer = await bank.coreBanking.readCustomer(customerId);
  if (!customer.ok) return customer;
  const cards = await bank.store.db
    .selectFrom('cards')
    .select('card_id')
    .where('customer_id', '=', customerId)
    .orderBy('created_at', 'desc')
    .limit(MOST_CARDS)
    .execute();
  const records = [];
  for (const { card_id } of cards) {
    const record = await readCardRecord(bank.store.db, card_id);
    if (record.ok) records.push(record.value);
  }
  return ok({ customer: customer.value, cards: records });
};

/** As this bank server has it, which is what cards refer to. */
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

/** A customer as the table has one; what is searched for is made of it here. */
export const customerRow = (customer: Customer): CustomerRow => ({
  customer_id: customer.customerId,
  name: customer.name,
  name_latin: customer.nameLatin,
  login_name: customer.loginName,
  birth_date: customer.birthDate,
  phone: customer.phone,
  document_type: customer.document.type,
  document_number: customer.document.number,
  document_name: customer.document.name,
  document_birth_date: customer.document.birthDate,
  document_expires: customer.document.expires,
  document_issued_by: customer.document.issuedBy,
  photo: customer.photo,
  blocked: customer.blocked ? 1 : 0,
  search_text: searchText(
    customer.name,
    customer.nameLatin,
    customer.customerId,
    customer.phone,
    customer.document.number,
  ),
});

/** Keeps what another core says of a customer. Its PINs stay there. */
export const keepCustomer = async (db: Database, customer: Customer): Promise<void> => {
  const row = customerRow(customer);
  await db
    .insertInto('customers')
    .values(row)
    .onConflict((conflict) => conflict.column('customer_id').doUpdateSet(row))
    .execute();
  for (const { number, currency, kind } of customer.accounts)
    await db
      .insertInto('accounts')
      .values({
        account_number: number,
        customer_id: customer.customerId,
        currency,
        kind,
        balance: 0,
        pin_hash: '',
        pin_failures: 0,
        pin_blocked: 1, // nothing here can check it
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
};

/** Words to look in, one per line; the same folding as for what is looked for. */
const searchText = (...words: readonly string[]): string => words.map(searchWord).join('\n');

export const searchWord = (word: string): string =>
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

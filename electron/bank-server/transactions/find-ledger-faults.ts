import type { Kysely } from 'kysely';
import type { LedgerFinding } from './ledger.ts';
import type { LedgerTables } from './ledger-tables.ts';

/** Adds up the whole ledger: what must be zero, what must be equal, what must not be too low. */
export const findLedgerFaults = async (db: Kysely<LedgerTables>): Promise<readonly LedgerFinding[]> => {
  const findings: LedgerFinding[] = [];
  const sums = await db
    .selectFrom('ledger_accounts')
    .select((e) => ['currency', e.fn.sum<number | string>('balance').as('sum')])
    .groupBy('currency')
    .execute();
  for (const { currency, sum } of sums)
    if (Number(sum) !== 0) findings.push({ kind: 'sum-not-zero', currency, sum: Number(sum) });

  const unbalanced = await db
    .selectFrom('ledger_transactions as t')
    .leftJoin('ledger_postings as p', 'p.transaction_id', 't.transaction_id')
    .select((e) => [
      't.transaction_id',
      e.fn.coalesce(e.fn.sum<number | string>('p.amount'), e.lit(0)).as('sum'),
      e.fn.count<number | string>('p.amount').as('postings'),
    ])
    .groupBy('t.transaction_id')
    .having((e) => e.or([e(e.fn.sum('p.amount'), '!=', 0), e(e.fn.count('p.amount'), '!=', 2)]))
    .execute();
  for (const row of unbalanced)
    findings.push({ kind: 'transaction-not-zero', transactionId: row.transaction_id, sum: Number(row.sum) });

  const accounts = await db
    .selectFrom('ledger_accounts as a')
    .leftJoin('ledger_postings as p', 'p.account_number', 'a.account_number')
    .select((e) => [
      'a.account_number',
      'a.balance',
      'a.floor',
      e.fn.coalesce(e.fn.sum<number | string>('p.amount'), e.lit(0)).as('booked'),
    ])
    .groupBy(['a.account_number', 'a.balance', 'a.floor'])
    .execute();
  for (const row of accounts) {
    const [accountNumber, balance, booked] = [row.account_number, Number(row.balance), Number(row.booked)];
    if (balance !== booked) findings.push({ kind: 'balance-differs', accountNumber, balance, booked });
    if (row.floor !== null && balance < Number(row.floor))
      findings.push({ kind: 'below-floor', accountNumber, balance, floor: Number(row.floor) });
  }
  return findings;
};

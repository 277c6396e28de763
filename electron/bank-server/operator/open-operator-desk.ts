import type { Bank } from '../bank.ts';
import { bankCustomers } from './bank-customers.ts';
import type { OperatorChannel } from './operator-channel.ts';
import { operatorSettings, type OperatorDesk } from './operator-desk.ts';
import type { OperatorTables } from './operator-tables.ts';
import { nodePrimitives } from './primitives.ts';

/** This room in the bank. */
export const openOperatorDesk = (
  bank: Pick<Bank, 'identity' | 'store' | 'coreBanking' | 'atRest' | 'ledger' | 'clock' | 'log'>,
  channel: OperatorChannel,
): OperatorDesk => ({
  bankId: bank.identity.bankId,
  db: bank.store.db.$pickTables<keyof OperatorTables>(),
  primitives: nodePrimitives(),
  atRest: bank.atRest,
  ledger: bank.ledger,
  customers: bankCustomers(bank.store, bank.coreBanking),
  channel,
  clock: bank.clock,
  log: bank.log,
  settings: operatorSettings,
});

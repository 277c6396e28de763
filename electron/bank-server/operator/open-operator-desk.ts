import type { KeyObject } from 'node:crypto';
import { atRest } from '../../shared/codec/operator-keys/index.ts';
import type { Bank } from '../bank.ts';
import { openLedger, receiptSigner, type LedgerTables } from '../transactions/index.ts';
import { bankCustomers } from './bank-customers.ts';
import type { OperatorChannel } from './operator-channel.ts';
import { operatorSettings, type OperatorDesk } from './operator-desk.ts';
import type { OperatorTables } from './operator-tables.ts';
import { nodePrimitives } from './primitives.ts';

export interface OperatorDeskParts {
  readonly channel: OperatorChannel;
  /** 32 bytes from the bank's key files: seals this room's keys in the database. */
  readonly restKey: Uint8Array;
  /** P-256; signs receipts. */
  readonly receiptKey: KeyObject;
}

/** This room in a bank whose store has the tables of `createOperatorTables` and `createLedgerTables`. */
export const openOperatorDesk = (
  bank: Pick<Bank, 'identity' | 'store' | 'hashes' | 'clock' | 'log'>,
  { channel, restKey, receiptKey }: OperatorDeskParts,
): OperatorDesk => {
  const { bankId } = bank.identity;
  const { clock, log } = bank;
  const db = bank.store.db.$extendTables<OperatorTables & LedgerTables>();
  const primitives = nodePrimitives();
  return {
    bankId,
    db: db.$pickTables<keyof OperatorTables>(),
    primitives,
    atRest: atRest(primitives, restKey),
    ledger: openLedger({
      db: db.$pickTables<keyof LedgerTables>(),
      bankId,
      signer: receiptSigner(receiptKey),
      clock,
    }),
    customers: bankCustomers(bank.store, bank.hashes),
    channel,
    clock,
    log,
    settings: operatorSettings,
  };
};

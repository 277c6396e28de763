export type {
  Balance,
  Ledger,
  LedgerFinding,
  Movement,
  NewLedgerAccount,
  Quote,
  TransferOrder,
} from './ledger.ts';
export { openLedger, type LedgerOptions } from './open-ledger.ts';
export { createLedgerTables, dropLedgerTables } from './ledger-schema.ts';
export type { LedgerTables } from './ledger-tables.ts';
export { receiptSigner, verifyReceipt, type Receipt, type ReceiptSigner } from './receipt.ts';
export { transact } from './transact.ts';

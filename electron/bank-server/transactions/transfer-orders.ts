import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { ConfirmationPayload, OrderOutcome, TransferOrder } from '../../shared/bank-api/index.ts';
import { transferText } from '../../shared/domain/index.ts';
import { fail, ok, type FaultCode, type Result } from '../../shared/result/index.ts';
import { takeOtp } from '../authentication/otp-chains.ts';
import { after, type Bank } from '../bank.ts';
import type { TransferOrderRow } from '../store/tables.ts';
import type { Receipt } from './receipt.ts';

/*
 * A transfer from the form to the receipt:
 *
 *   waiting ──the card's signature──▶ confirmed ──the ledger──▶ booked
 *      └──time, or a newer order──▶ expired   └──────────────▶ refused ◀──the customer── waiting
 *
 * The order's id names the booking in the ledger, so whatever is cut off and done again is booked once.
 */

/** For reading, fetching the card and typing the PIN. */
export const ORDER_SECONDS = 300;

export interface NewOrder {
  /** Given with the form: the same form sent twice is one order. */
  readonly orderId: string;
  readonly cardId: string;
  readonly customerId: string;
  readonly payer: string;
  readonly payee: string;
  /** As the customer typed it. */
  readonly payeeName: string;
  readonly amount: number;
  readonly currency: string;
  readonly memo: string;
}

export const newOrderId = (): string => randomBytes(16).toString('base64url');

/**
 * Puts a transfer before its customer. The payee's name must be the account's: number and name together or
 * nothing, so nobody learns names by trying numbers.
 * Faults: payee-mismatch, those of the ledger's `quote`, idempotency-conflict.
 */
export const placeOrder = async (bank: Bank, order: NewOrder): Promise<Result<void>> => {
  const holder = await bank.store.db
    .selectFrom('accounts')
    .innerJoin('customers', 'customers.customer_id', 'accounts.customer_id')
    .select(['customers.name', 'customers.name_latin'])
    .where(sql<string>`replace(account_number, ' ', '')`, '=', order.payee)
    .executeTakeFirst();
  const name = [holder?.name, holder?.name_latin].find(
    (each) => each !== undefined && sameName(each, order.payeeName),
  );
  if (name === undefined) return fail('payee-mismatch');
  const quoted = await bank.ledger.quote(order);
  if (!quoted.ok) return quoted;
  const now = bank.clock();
  const { orderId, cardId, customerId, payer, payee, amount, currency, memo } = order;
  return bank.store.transaction(async (tx) => {
    const known = await tx
      .selectFrom('transfer_orders')
      .selectAll()
      .where('order_id', '=', orderId)
      .executeTakeFirst();
    if (known !== undefined) {
      const same =
        known.card_id === cardId &&
        known.payer === payer &&
        known.payee === payee &&
        known.amount === amount &&
        known.memo === memo;
      return same ? ok() : fail('idempotency-conflict');
    }
    // One at a time: what the card shows is what the customer filled in last.
    await tx
      .updateTable('transfer_orders')
      .set({ state: 'expired', decided_at: now.toISOString() })
      .where('card_id', '=', cardId)
      .where('state', '=', 'waiting')
      .execute();
    await tx
      .insertInto('transfer_orders')
      .values({
        order_id: orderId,
        card_id: cardId,
        customer_id: customerId,
        payer,
        payee,
        payee_name: name,
        amount,
        currency,
        memo,
        state: 'waiting',
        fault: null,
        receipt: null,
        confirmation: null,
        created_at: now.toISOString(),
        expires_at: after(now, ORDER_SECONDS),
        decided_at: null,
      })
      .execute();
    return ok();
  });
};

/** The order of this card that waits now. */
export const waitingOrder = async (bank: Bank, cardId: string): Promise<TransferOrder | undefined> => {
  const row = await bank.store.db
    .selectFrom('transfer_orders')
    .selectAll()
    .where('card_id', '=', cardId)
    .where('state', '=', 'waiting')
    .where('expires_at', '>', bank.clock().toISOString())
    .executeTakeFirst();
  return row && shownOrder(row);
};

/** Brought to its present state first: booked if it was cut off after the customer's yes, expired if its time is up. */
export const readOrder = async (
  bank: Bank,
  orderId: string,
  cardId: string,
): Promise<Result<TransferOrderRow>> => {
  const row = await findOrder(bank, orderId, cardId);
  if (row === undefined) return fail('order-unknown');
  if (row.state === 'confirmed') return book(bank, row);
  if (row.state !== 'waiting' || row.expires_at > bank.clock().toISOString()) return ok(row);
  await decide(bank, row, { state: 'expired' });
  const now = await findOrder(bank, orderId, cardId);
  return now ? ok(now) : fail('order-unknown');
};

/** What the customer does not want after all. Fault: order-unknown. */
export const refuseOrder = async (bank: Bank, orderId: string, cardId: string): Promise<Result<void>> => {
  const row = await findOrder(bank, orderId, cardId);
  if (row === undefined) return fail('order-unknown');
  return (await decide(bank, row, { state: 'refused' })) ? ok() : fail('order-unknown');
};

/**
 * What the card said about the order it was shown. The signature was checked; here it must be over this very
 * order, and with a chain the second OTP too (S1, 7A and 7B). Said again, it gives the same outcome.
 * Faults: order-unknown, those of `takeOtp`.
 *
 * @param message the signed message, kept as evidence
 */
export const decideOrder = async (
  bank: Bank,
  cardId: string,
  payload: ConfirmationPayload,
  message: string,
  requestId: string,
): Promise<Result<OrderOutcome>> => {
  const { orderId, decision, text, otp } = payload;
  const read = await readOrder(bank, orderId, cardId);
  if (!read.ok) return read;
  const row = read.value;
  if (text !== transferText(shownOrder(row))) return fail('order-unknown', { reason: 'text' });
  if (row.state !== 'waiting') return ok(outcomeOf(row));
  if (decision === 'refuse') {
    await decide(bank, row, { state: 'refused', confirmation: message });
  } else {
    const taken = await takeOtp(bank, cardId, otp, text, requestId);
    if (!taken.ok) return taken;
    await decide(bank, row, { state: 'confirmed', confirmation: message });
  }
  const decided = await readOrder(bank, orderId, cardId);
  return decided.ok ? ok(outcomeOf(decided.value)) : decided;
};

export const shownOrder = (row: TransferOrderRow): TransferOrder => ({
  orderId: row.order_id,
  payer: row.payer,
  payee: row.payee,
  payeeName: row.payee_name,
  amount: row.amount,
  currency: row.currency,
  memo: row.memo,
});

/** Written by this file only. */
export const receiptOf = (row: TransferOrderRow): Receipt | undefined =>
  row.receipt === null ? undefined : (JSON.parse(row.receipt) as Receipt);

export const outcomeOf = (row: TransferOrderRow): OrderOutcome => {
  const receiptNumber = receiptOf(row)?.receiptNumber;
  return {
    orderId: row.order_id,
    // Nobody sees it for longer than a booking takes.
    state: row.state === 'confirmed' ? 'waiting' : row.state,
    ...(receiptNumber !== undefined && { receiptNumber }),
  };
};

const findOrder = (bank: Bank, orderId: string, cardId: string): Promise<TransferOrderRow | undefined> =>
  bank.store.db
    .selectFrom('transfer_orders')
    .selectAll()
    .where('order_id', '=', orderId)
    .where('card_id', '=', cardId)
    .executeTakeFirst();

/** Whether the order was still waiting. */
const decide = async (
  bank: Bank,
  { order_id }: TransferOrderRow,
  change: { readonly state: TransferOrderRow['state']; readonly confirmation?: string },
): Promise<boolean> => {
  const decided = await bank.store.db
    .updateTable('transfer_orders')
    .set({ ...change, decided_at: bank.clock().toISOString() })
    .where('order_id', '=', order_id)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  return decided.numUpdatedRows === 1n;
};

const book = async (bank: Bank, row: TransferOrderRow): Promise<Result<TransferOrderRow>> => {
  const { payer, payee, amount, currency, memo } = row;
  const idempotencyKey = `portal/${row.order_id}`;
  const booked = await bank.ledger.transfer({ idempotencyKey, payer, payee, amount, currency, memo });
  const change = booked.ok
    ? { state: 'booked' as const, receipt: JSON.stringify(booked.value) }
    : { state: 'refused' as const, fault: booked.fault.code satisfies FaultCode };
  await bank.store.db
    .updateTable('transfer_orders')
    .set(change)
    .where('order_id', '=', row.order_id)
    .where('state', '=', 'confirmed')
    .execute();
  return ok({ ...row, ...change });
};

/** Spaces and capitals do not matter: people type names as they hear them. */
const sameName = (one: string, other: string): boolean => plain(one) === plain(other);
const plain = (name: string): string => name.normalize('NFKC').toLowerCase().replaceAll(/\s/g, '');

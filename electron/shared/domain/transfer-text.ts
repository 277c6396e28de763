import type { TransferOrder } from '../bank-api/card-messages.ts';

/** What is signed, and what the second OTP is over: line by line what the customer sees. No field has a line break. */
export const transferText = (order: TransferOrder): string =>
  [
    'cardwright-transfer/v1',
    order.payeeName,
    order.payee,
    `${order.currency} ${order.amount}`,
    order.payer,
    order.memo,
    order.orderId,
  ].join('\n');

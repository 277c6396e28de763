import { createHash } from 'node:crypto';
import type { ResponseCode, TransferReply, TransferRequest } from '../../shared/operator-api/index.ts';
import type { Result } from '../../shared/result/index.ts';
import type { OperatorDesk } from './operator-desk.ts';
import type { TransactionRow } from './operator-tables.ts';
import { responseCodeOf } from './response-code-of.ts';

type Step = TransferRequest['step'];
type Reply = TransferReply['step'];

export interface StepTaken {
  readonly reply: Reply;
  /** What changes in the transaction's row. */
  readonly changes: Partial<Omit<TransactionRow, 'operator_id' | 'serial'>>;
}

/**
 * The six steps of a transfer (S3):
 *
 * ```
 *   payee account ──▶ last character of the payee's name
 *   payer account + password ──▶ right
 *   amount ──▶ the order as a whole, by its hash
 *   confirmation of that hash ──▶ booked, with the receipt number
 * ```
 * A refusal that does not end the dialogue leaves it where it was.
 */
export const takeStep = async (
  desk: OperatorDesk,
  row: TransactionRow,
  customerId: string,
  step: Step,
  openPin: (account: string) => Result<string>,
): Promise<StepTaken> => {
  if (step.kind === 'cancel') return { reply: { kind: 'cancelled' }, changes: { stage: 'ended' } };
  const tries = row.tries + 1;
  if (tries > maxTries) return end('65');
  const taken = await (step.kind === 'payee' && row.stage === 'payee'
    ? takePayee(desk, step.payeeAccount)
    : step.kind === 'payer' && row.stage === 'payer'
      ? takePayer(desk, row, customerId, step.payerAccount, openPin)
      : step.kind === 'amount' && row.stage === 'amount'
        ? takeAmount(desk, row, step.amount, step.currency)
        : step.kind === 'confirm' && row.stage === 'confirm'
          ? confirm(desk, row, step.order)
          : refuse('12'));
  // Tries are counted within a step: guessing account numbers or amounts comes to an end.
  return { ...taken, changes: { tries: taken.reply.kind === 'refused' ? tries : 0, ...taken.changes } };
};

const maxTries = 5;

const takePayee = async (desk: OperatorDesk, payeeAccount: string): Promise<StepTaken> => {
  const payee = await desk.customers.findAccount(payeeAccount);
  const lastCharacter = payee && lastCharacterOf(payee.name);
  if (lastCharacter === undefined) return refuse('14');
  return {
    reply: { kind: 'payee', lastCharacter },
    changes: { stage: 'payer', payee_account: payeeAccount },
  };
};

const takePayer = async (
  desk: OperatorDesk,
  row: TransactionRow,
  customerId: string,
  payerAccount: string,
  openPin: (account: string) => Result<string>,
): Promise<StepTaken> => {
  const payer = await desk.customers.findAccount(payerAccount);
  // The same answer for an account of somebody else's and for none: nothing can be found out here.
  if (payer?.customerId !== customerId) return refuse('57');
  if (payerAccount === row.payee_account) return refuse('12');
  const pin = openPin(payerAccount);
  if (!pin.ok) return refuse('30');
  const checked = await desk.customers.checkPin(payerAccount, pin.value);
  if (!checked.ok) {
    const code = responseCodeOf(checked.fault);
    const { triesLeft } = checked.fault.data;
    const reply = { kind: 'refused', code, ended: code !== '55' } as const;
    return {
      reply: typeof triesLeft === 'number' ? { ...reply, triesLeft } : reply,
      changes: reply.ended ? { stage: 'ended' } : {},
    };
  }
  return {
    reply: { kind: 'payer', currency: payer.currency },
    changes: { stage: 'amount', payer_account: payerAccount, currency: payer.currency },
  };
};

const takeAmount = async (
  desk: OperatorDesk,
  row: TransactionRow,
  amount: number,
  currency: string,
): Promise<StepTaken> => {
  const { payer_account: payer, payee_account: payee } = row;
  if (payer === null || payee === null || currency !== row.currency) return refuse('12');
  const quote = await desk.ledger.quote({ payer, payee, amount, currency, memo: '' });
  if (!quote.ok) return refuse(responseCodeOf(quote.fault));
  const { fee } = quote.value;
  const order = createHash('sha256')
    .update(
      JSON.stringify([
        'transfer-order/v1',
        row.operator_id,
        Number(row.serial),
        payer,
        payee,
        amount,
        fee,
        currency,
      ]),
    )
    .digest('hex');
  return {
    reply: { kind: 'amount', amount, fee, currency, order },
    changes: { stage: 'confirm', amount, order_sha256: order },
  };
};

const confirm = async (desk: OperatorDesk, row: TransactionRow, order: string): Promise<StepTaken> => {
  const { payer_account: payer, payee_account: payee, currency } = row;
  if (
    payer === null ||
    payee === null ||
    currency === null ||
    row.amount === null ||
    order !== row.order_sha256
  )
    return refuse('12');
  const receipt = await desk.ledger.transfer({
    idempotencyKey: `operator/${row.operator_id}/${row.serial}`,
    payer,
    payee,
    amount: Number(row.amount),
    currency,
    memo: '',
  });
  if (!receipt.ok) return end(responseCodeOf(receipt.fault));
  const { receiptNumber, amount, bookedAt } = receipt.value;
  return {
    reply: { kind: 'done', receiptNumber, amount, currency, bookedAt },
    changes: { stage: 'ended', receipt_number: receiptNumber },
  };
};

/** As people see it: 娜 of 李娜, a of Anna; spaces at the end do not count. */
const lastCharacterOf = (name: string): string | undefined =>
  [...new Intl.Segmenter('zh', { granularity: 'grapheme' }).segment(name.trim())].at(-1)?.segment;

const refuse = (code: ResponseCode): StepTaken => ({
  reply: { kind: 'refused', code, ended: false },
  changes: {},
});

const end = (code: ResponseCode): StepTaken => ({
  reply: { kind: 'refused', code, ended: true },
  changes: { stage: 'ended' },
});

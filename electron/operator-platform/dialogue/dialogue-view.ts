import { z } from 'zod';
import { responseCode, type TransferReply, type TransferRequest } from '../../shared/operator-api/index.ts';
import type { DialogueStage } from '../store/tables.ts';

/** What the pages of a dialogue show; nothing in it is secret to the subscriber. */
export const dialogueView = z.object({
  payeeAccount: z.string().optional(),
  lastCharacter: z.string().optional(),
  payerAccount: z.string().optional(),
  currency: z.string().optional(),
  amount: z.number().optional(),
  fee: z.number().optional(),
  order: z.string().optional(),
  receiptNumber: z.string().optional(),
  bookedAt: z.string().optional(),
  /** Account that was typed at the step that was refused. */
  typed: z.string().optional(),
  /** Why the last step was not taken, or the dialogue ended. */
  refused: z.object({ code: responseCode, triesLeft: z.number().optional() }).optional(),
});
export type DialogueView = z.infer<typeof dialogueView>;

/** Stage and view after the bank's answer to a step. */
export const afterReply = (
  stage: DialogueStage,
  view: DialogueView,
  step: TransferRequest['step'],
  reply: TransferReply['step'],
): { readonly stage: DialogueStage; readonly view: DialogueView } | undefined => {
  const { refused: _, typed: __, ...kept } = view;
  switch (reply.kind) {
    case 'refused': {
      const { code, triesLeft } = reply;
      const refused = triesLeft === undefined ? { code } : { code, triesLeft };
      const typed =
        step.kind === 'payee' ? step.payeeAccount : step.kind === 'payer' ? step.payerAccount : undefined;
      return {
        stage: reply.ended ? 'ended' : stage,
        view: { ...kept, refused, ...(typed === undefined ? {} : { typed }) },
      };
    }
    case 'payee':
      if (step.kind !== 'payee') return undefined;
      return {
        stage: 'payer',
        view: { ...kept, payeeAccount: step.payeeAccount, lastCharacter: reply.lastCharacter },
      };
    case 'payer':
      if (step.kind !== 'payer') return undefined;
      return {
        stage: 'amount',
        view: { ...kept, payerAccount: step.payerAccount, currency: reply.currency },
      };
    case 'amount':
      if (step.kind !== 'amount' || reply.amount !== step.amount || reply.currency !== step.currency)
        return undefined;
      return {
        stage: 'confirm',
        view: { ...kept, amount: reply.amount, fee: reply.fee, order: reply.order },
      };
    case 'done':
      if (step.kind !== 'confirm' || reply.amount !== view.amount) return undefined;
      return {
        stage: 'done',
        view: { ...kept, receiptNumber: reply.receiptNumber, bookedAt: reply.bookedAt },
      };
    case 'cancelled':
      return step.kind === 'cancel' ? { stage: 'ended', view: kept } : undefined;
  }
};

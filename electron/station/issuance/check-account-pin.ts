import { z } from 'zod';
import type { Step } from '../../shared/workflow/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import type { IssueInput } from './issue-input.ts';
import { customerSecrets } from './issue-questions.ts';
import { missingSecret } from './secrets-of-step.ts';

const pinCheck = z.object({ pinCheckId: z.string(), expiresAt: z.string() });

/** The customer is who they say: the bank checks the PIN of one of their accounts, typed on their own screen. */
export const checkAccountPin = (
  bank: BankClient,
): Step<Pick<IssueInput, 'customerId' | 'account' | 'officerId'>, z.infer<typeof pinCheck>> => ({
  name: 'check-account-pin',
  // A wrong PIN is counted at the bank, and nothing is there to be taken back.
  touches: 'nothing',
  record: pinCheck,
  async run({ customerId, account, officerId }, context) {
    const { accountPin } = await context.secret(customerSecrets);
    if (!accountPin) return missingSecret(context);
    return bank.call(
      'checkAccountPin',
      { customerId },
      { account, pin: accountPin, officerId },
      { idempotencyKey: context.idempotencyKey },
    );
  },
  undo: 'nothing',
  asksAgain: {
    'account-pin-wrong': 'customer-secrets',
    'pin-check-expired': 'customer-secrets',
    'envelope-unreadable': 'customer-secrets',
  },
});

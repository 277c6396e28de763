import { z } from 'zod';
import { sealedSecret } from '../../shared/bank-api/index.ts';
import { issueAsks } from '../../shared/contract/index.ts';
import type { Question } from '../../shared/workflow/index.ts';

/** What the customer types on their own screen. Each is there as long as a step may still need it. */
export const customerSecret = z.object({
  accountPin: sealedSecret.optional(),
  loginPassword: sealedSecret.optional(),
  /** For the medium itself; the only one of the three this station can read. */
  cardPin: z
    .string()
    .regex(/^\d{6,8}$/)
    .optional(),
});
export type CustomerSecret = z.infer<typeof customerSecret>;

type AnswerTo<Ask extends keyof typeof issueAsks> = z.infer<(typeof issueAsks)[Ask]['answer']>;

export const customerSecrets: Question<AnswerTo<'customer-secrets'>, CustomerSecret> = {
  name: 'customer-secrets',
  of: 'customer',
  answer: issueAsks['customer-secrets'].answer,
  secret: customerSecret,
};

export const chooseMedium: Question<AnswerTo<'choose-medium'>> = {
  name: 'choose-medium',
  of: 'officer',
  answer: issueAsks['choose-medium'].answer,
};

export const handOver: Question<AnswerTo<'hand-over'>> = {
  name: 'hand-over',
  of: 'officer',
  answer: issueAsks['hand-over'].answer,
};

import { z } from 'zod';

/** What an issuance starts from; journalled, so never a secret. */
export const issueInput = z.object({
  officerId: z.string(),
  officerName: z.string(),
  bankId: z.string(),
  bankName: z.string(),
  bankNameLatin: z.string(),
  customerId: z.string(),
  customerName: z.string(),
  loginName: z.string(),
  account: z.string(),
  documentNumber: z.string(),
  /** Fields of the document that differ from the bank's record and were accepted. */
  differences: z.array(z.string()),
});
export type IssueInput = z.infer<typeof issueInput>;

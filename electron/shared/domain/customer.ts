import { z } from 'zod';

/** The identity document the bank has on file, and the one shown at the counter. */
export const identityDocument = z.object({
  type: z.enum(['identity-card', 'passport']),
  number: z.string().min(4).max(24),
  name: z.string(),
  birthDate: z.string(),
  expires: z.string(),
  issuedBy: z.string(),
});
export type IdentityDocument = z.infer<typeof identityDocument>;

export const account = z.object({
  number: z.string(),
  /** ISO 4217 */
  currency: z.string(),
  kind: z.enum(['current', 'savings']),
});
export type Account = z.infer<typeof account>;

/** What the station may see of a customer: never a PIN, a password or a balance. */
export const customer = z.object({
  customerId: z.string(),
  name: z.string(),
  nameLatin: z.string(),
  loginName: z.string(),
  birthDate: z.string(),
  phone: z.string(),
  document: identityDocument,
  /** data: URL of the photo on file. */
  photo: z.string(),
  accounts: z.array(account),
  blocked: z.boolean(),
});
export type Customer = z.infer<typeof customer>;

export const customerSummary = customer
  .pick({ customerId: true, name: true, nameLatin: true, birthDate: true, blocked: true })
  .extend({
    documentNumber: z.string(),
  });
export type CustomerSummary = z.infer<typeof customerSummary>;

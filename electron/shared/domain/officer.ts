import { z } from 'zod';

export const officerRole = z.enum(['teller', 'manager', 'technician']);
export type OfficerRole = z.infer<typeof officerRole>;

export const officer = z.object({ officerId: z.string(), name: z.string(), role: officerRole });
export type Officer = z.infer<typeof officer>;

/** As it stands on the officer's certificate. */
export const officerName = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^\P{C}*$/u);

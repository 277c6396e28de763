import { z } from 'zod';

export const officerRole = z.enum(['teller', 'manager', 'technician']);
export type OfficerRole = z.infer<typeof officerRole>;

export const officer = z.object({ officerId: z.string(), name: z.string(), role: officerRole });
export type Officer = z.infer<typeof officer>;

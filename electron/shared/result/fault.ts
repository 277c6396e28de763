import { z } from 'zod';
import { faultTable } from './fault-table.ts';

export type FaultCode = keyof typeof faultTable;

/** Plain values for the text shown to a person. Never a secret, a stack or a foreign message. */
export type FaultData = Readonly<Record<string, string | number | boolean>>;

/** An expected failure: a code from the table and what the text needs. Only this crosses a port. */
export interface Fault {
  readonly code: FaultCode;
  readonly data: FaultData;
}

export const faultCodes = Object.keys(faultTable) as FaultCode[];

export const faultCodeSchema: z.ZodType<FaultCode> = z.enum(faultCodes as [FaultCode, ...FaultCode[]]);

export const faultSchema: z.ZodType<Fault> = z.object({
  code: faultCodeSchema,
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

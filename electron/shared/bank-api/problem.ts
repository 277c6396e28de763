import { z } from 'zod';
import { faultSchema } from '../result/index.ts';

/** RFC 9457 problem details; `fault` is the part a station acts on. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  fault: faultSchema,
  requestId: z.string(),
});
export type Problem = z.infer<typeof problem>;

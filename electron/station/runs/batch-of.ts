import { z } from 'zod';
import type { RunHeader } from '../../shared/workflow/index.ts';

const ofBatch = z.object({ batchId: z.string() });

/** The batch whose card a run is about. */
export const batchOf = ({ input }: RunHeader): string | undefined => ofBatch.safeParse(input).data?.batchId;

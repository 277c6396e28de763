import { z } from 'zod';
import { inspectedCard } from './inspected-card.ts';

/** What an inspection in a batch found: the card, and how far its three sides agree. */
export const checkedCard = inspectedCard.extend({
  content: z.enum(['blank', 'complete', 'incomplete', 'foreign']).optional(),
  /** Lines of the comparison that differ or are missing on one side. */
  differing: z.number().int().optional(),
});
export type CheckedCard = z.infer<typeof checkedCard>;

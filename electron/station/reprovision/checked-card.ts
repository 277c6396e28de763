import { z } from 'zod';
import { foundContent } from '../../shared/domain/index.ts';
import { inspectedCard } from './inspected-card.ts';

/** What an inspection in a batch found: the card, and how far its three sides agree. */
export const checkedCard = inspectedCard.extend({
  content: foundContent.optional(),
  /** Lines of the comparison that differ or are missing on one side. */
  differing: z.number().int().optional(),
});
export type CheckedCard = z.infer<typeof checkedCard>;

import { z } from 'zod';
import { cardState } from '../../shared/domain/index.ts';
import { chosenMedium } from '../issuance/issued-card.ts';

/** What a technician's run found in the reader, and at the bank about it. */
export const inspectedCard = z.object({
  place: chosenMedium,
  /** Absent: the bank knows no card on this medium. */
  cardId: z.string().optional(),
  customerId: z.string().optional(),
  customerName: z.string().optional(),
  /** As the bank has it. */
  cardState: cardState.optional(),
  unfinished: z.boolean(),
});
export type InspectedCard = z.infer<typeof inspectedCard>;

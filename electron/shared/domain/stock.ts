import { z } from 'zod';
import { mediumIdentity } from './medium.ts';

/**
 * A card of the bank's stock, as the bank knows it before it is anybody's. prepared: it has its own keys instead
 * of the factory's and waits for a customer. used: a customer's card was made on it since. blank: it is as it
 * left the factory, again or still.
 */
export const stockCard = z.object({
  medium: mediumIdentity,
  state: z.enum(['prepared', 'used', 'blank']),
  since: z.string(),
  officerId: z.string(),
  stationId: z.string(),
});
export type StockCard = z.infer<typeof stockCard>;

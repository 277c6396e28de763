import { virtualAtrs } from './atr.ts';
import { assembleCard, type VirtualCard } from './virtual-card.ts';

/** A card of somebody else's: it answers, and has no application that this house knows. */
export const foreignCard = (): VirtualCard =>
  assembleCard({ atr: virtualAtrs.foreign, applets: [], commit: () => {} });

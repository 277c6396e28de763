export { atrPattern, keyRefusal, type CardQuirk, type KeyRefusal, type SeenCard } from './card-quirks.ts';

import type { CardAndPin, OfficerReader } from '../../../electron/shared/contract/index.ts';

/** What the readers have for one officer at this moment. */
export type CardSight =
  | { readonly kind: 'nothing' | 'not-read-yet' | 'another-card' }
  | { readonly kind: 'of-another' | 'own'; readonly at: OfficerReader };

/** The officer's own card wherever it is; else what stands in for it, so that the screen can say so. */
export function cardSightOf(readers: readonly OfficerReader[], officerId: string): CardSight {
  const officers = readers.filter(({ holds }) => holds === 'officer-card');
  const own = officers.find(({ officerCard }) => officerCard?.officerId === officerId);
  if (own) return { kind: 'own', at: own };
  const [other] = officers;
  if (other) return { kind: 'of-another', at: other };
  if (readers.some(({ holds }) => holds === 'not-read-yet')) return { kind: 'not-read-yet' };
  return { kind: readers.some(({ holds }) => holds === 'another-card') ? 'another-card' : 'nothing' };
}

/** What goes to the station; `undefined`: it could not sign with that. */
export function cardAndPinOf(sight: CardSight, pin: string): CardAndPin | undefined {
  if (sight.kind !== 'own') return undefined;
  const { reader, officerCard } = sight.at;
  // With one try left the station tries nothing.
  if ((officerCard?.triesLeft ?? 3) <= 1) return undefined;
  if (officerCard?.pinAtReader === true) return { reader };
  return /^\d{6,8}$/.test(pin) ? { reader, pin } : undefined;
}

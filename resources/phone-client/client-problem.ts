/** Why this client cannot go on; each has its words in text/. Local to the phone, so not in the shared table. */
export type ClientProblem =
  /** The file carries no card, or a part of it cannot be read. */
  | { readonly kind: 'damaged'; readonly part: 'credential' | 'certificate' | 'user-info' | 'key' | 'seed' }
  /** The parts belong to different cards. */
  | { readonly kind: 'mismatch' }
  /** The card's key is for an algorithm that this program has not learnt. */
  | { readonly kind: 'algorithm' }
  | { readonly kind: 'expired'; readonly notAfter: Date; readonly today: Date }
  /** The phone's clock stands before the day the card was made. */
  | { readonly kind: 'clock'; readonly issuedAt: Date; readonly today: Date }
  /** No source of random numbers: nothing can be signed safely here. */
  | { readonly kind: 'no-crypto' };

export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: ClientProblem };

export const found = <T>(value: T): Outcome<T> => ({ ok: true, value });

export const problem = (value: ClientProblem): { readonly ok: false; readonly problem: ClientProblem } => ({
  ok: false,
  problem: value,
});

import type { KeyAlgorithm } from '../../electron/shared/domain/index.ts';

/**
 * What cards of one make are known to do otherwise than they should, as data: a card is recognised by its
 * answer to reset and by the version that its PIV application tells.
 */
export interface CardQuirk {
  /** For the technician: make and reason. */
  readonly name: string;
  /** Hex; `..` stands for any byte, and a `*` at the end for any rest. */
  readonly atr: string;
  /** The first version that has it, as `4.2.6`; every older one too when absent. */
  readonly from?: string | undefined;
  /** The first version that no longer has it; every newer one too when absent. */
  readonly before?: string | undefined;
  /** Kinds of keys that must not be made on the card: what it would make is weak, or it cannot. */
  readonly noKeys: readonly { readonly algorithm: KeyAlgorithm; readonly why: KeyRefusal }[];
}

/** `weak`: the private key can be found from the public one. `not-there`: the card does not know the algorithm. */
export type KeyRefusal = 'weak' | 'not-there';

export interface SeenCard {
  readonly atr: Uint8Array;
  /** As its PIV application tells it; absent where it tells none. */
  readonly version?: string | undefined;
}

/** A pattern of `CardQuirk.atr`'s kind as an expression over lower-case hex. */
export const atrPattern = (atr: string): RegExp => new RegExp(`^${atr.replace(/\*$/, '.*')}$`);

/**
 * Why this card must not make a key of this kind; `undefined`: nothing is known against it. A card that does
 * not tell its version has every quirk of its make: a key that might be weak is not made.
 */
export const keyRefusal = (
  card: SeenCard,
  algorithm: KeyAlgorithm,
  known: readonly CardQuirk[],
): { readonly why: KeyRefusal; readonly name: string } | undefined => {
  const atr = [...card.atr].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  for (const quirk of known) {
    const refused = quirk.noKeys.find((one) => one.algorithm === algorithm);
    if (refused && atrPattern(quirk.atr).test(atr) && isBetween(card.version, quirk))
      return { why: refused.why, name: quirk.name };
  }
  return undefined;
};

const isBetween = (version: string | undefined, { from, before }: CardQuirk): boolean =>
  version === undefined ||
  ((from === undefined || compare(version, from) >= 0) &&
    (before === undefined || compare(version, before) < 0));

/** Number by number; what is missing counts as 0. */
const compare = (one: string, other: string): number => {
  const [a, b] = [one, other].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
};

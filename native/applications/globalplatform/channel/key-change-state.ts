import type { KeyInformation } from './key-information.ts';

/**
 * Where a key change stands after a break, by the card's own list of its keys: PUT KEY is all or nothing, but
 * its answer may have been lost. `unknown`: the card keeps its list to itself. For new keys under a version of
 * their own; a version that stays the same cannot be told apart.
 */
export const keyChangeState = (
  keys: readonly KeyInformation[],
  newVersion: number,
): 'to-do' | 'done' | 'unknown' => {
  if (keys.length === 0) return 'unknown';
  const there = new Set(keys.filter(({ version }) => version === newVersion).map(({ id }) => id));
  return [1, 2, 3].every((id) => there.has(id)) ? 'done' : 'to-do';
};

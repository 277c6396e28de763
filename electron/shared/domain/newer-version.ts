/** Whether the first of two dotted versions is the newer one: 1.10.0 is newer than 1.9.3. What is no number counts as 0. */
export const isNewerVersion = (one: string, other: string): boolean => {
  const [left, right] = [partsOf(one), partsOf(other)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
};

const partsOf = (version: string): readonly number[] =>
  version.split('.').map((part) => Number(/^\d{1,9}/.exec(part)?.[0] ?? 0));

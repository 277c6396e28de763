/**
 * Before the medium has done anything, in the middle of a write (half of the bytes are there), or after it
 * has done all and before the answer arrives.
 */
export type MediumPullMoment = 'before' | 'during' | 'after';

/** What is made to happen to a medium in a virtual slot, while everything else stays real. */
export interface MediumScript {
  /** Operations (freeBytes, list, read, write, remove, makeCold) that have reached this slot, in all. */
  readonly count: number;
  /** The medium is pulled at the n-th operation from now (1: the next). */
  pullAt(n: number, when: MediumPullMoment): void;
  /**
   * A bad cell under the next file written that matches. `io-error`: the write says so.
   * `silent`: the write succeeds and the cache shows the right bytes, until the medium is read cold.
   */
  damageOnce(matches: (path: string) => boolean, how: 'io-error' | 'silent'): void;
  /** A slow card: every write and read takes its time, and tells how far it is ten times on the way. */
  slowDown(bytesPerSecond: number): void;
  clear(): void;
}

export interface RunningMediumScript extends MediumScript {
  /** Counts an operation; says whether the medium is pulled at it. */
  next(): MediumPullMoment | undefined;
  /** Whether this write meets a bad cell. */
  damage(path: string): 'io-error' | 'silent' | undefined;
  /** Undefined: as fast as this computer. */
  readonly bytesPerSecond: number | undefined;
}

export const mediumScript = (): RunningMediumScript => {
  let count = 0;
  let pull: { at: number; when: MediumPullMoment } | undefined;
  let bytesPerSecond: number | undefined;
  let cells: { matches: (path: string) => boolean; how: 'io-error' | 'silent' }[] = [];
  return {
    get count() {
      return count;
    },
    pullAt(n, when) {
      if (!Number.isInteger(n) || n < 1) throw new Error('Operations are counted from 1');
      pull = { at: count + n, when };
    },
    damageOnce: (matches, how) => void cells.push({ matches, how }),
    slowDown: (speed) => void (bytesPerSecond = speed),
    get bytesPerSecond() {
      return bytesPerSecond;
    },
    clear() {
      bytesPerSecond = undefined;
      pull = undefined;
      cells = [];
    },
    next() {
      count++;
      if (pull === undefined || count < pull.at) return undefined;
      const { when } = pull;
      pull = undefined;
      return when;
    },
    damage(path) {
      const cell = cells.find(({ matches }) => matches(path));
      cells = cells.filter((other) => other !== cell);
      return cell?.how;
    },
  };
};

/**
 * Waiting time after wrong PINs, kept on the phone. It slows down a person who tries PINs on somebody
 * else's card by hand; against a program only the cost of the key derivation stands (600,000 rounds).
 *
 *   wrong PIN in a row   1  2  3  4  5  6 …
 *   wait, minutes        –  –  1  2  4  8 … 60
 */
export interface PinDelay {
  /** Milliseconds until the next try is accepted; 0: now. */
  remainingMs(): number;
  /** Counts a try before its outcome is known, so that closing the page does not save it. */
  countTry(): void;
  /** The PIN was right: the count starts anew. */
  clear(): void;
}

const freeTries = 2;
const minuteMs = 60_000;
const longestMinutes = 60;

export const waitAfter = (wrongPins: number): number =>
  wrongPins <= freeTries ? 0 : Math.min(longestMinutes, 2 ** (wrongPins - freeTries - 1)) * minuteMs;

export interface TextStore {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
}

export const openPinDelay = (store: TextStore, card: string, now: () => number): PinDelay => {
  const key = `cardwright.pin.${card}`;
  const read = (): { wrong: number; at: number } => parseCount(store.get(key));
  return {
    remainingMs: () => {
      const { wrong, at } = read();
      const wait = waitAfter(wrong);
      // A clock set back must not make the wait longer than it was.
      if (now() < at) store.set(key, JSON.stringify({ wrong, at: now() }));
      return Math.max(0, wait - Math.max(0, now() - at));
    },
    countTry: () => {
      store.set(key, JSON.stringify({ wrong: read().wrong + 1, at: now() }));
    },
    clear: () => {
      store.set(key, JSON.stringify({ wrong: 0, at: 0 }));
    },
  };
};

const parseCount = (text: string | undefined): { wrong: number; at: number } => {
  const parts = /^\{"wrong":(\d{1,6}),"at":(\d{1,16})\}$/.exec(text ?? '');
  return { wrong: Number(parts?.[1] ?? 0), at: Number(parts?.[2] ?? 0) };
};

import type { TextStore } from './pin-delay.ts';

/** localStorage, or this page's memory where a phone opens the file without it (content://). */
export const browserStore = (): TextStore => {
  const memory = new Map<string, string>();
  return {
    get: (key) => {
      try {
        return window.localStorage.getItem(key) ?? memory.get(key);
      } catch {
        return memory.get(key);
      }
    },
    set: (key, value) => {
      memory.set(key, value);
      try {
        window.localStorage.setItem(key, value);
      } catch {
        // Refused or full: the memory above holds for as long as the page is open.
      }
    },
  };
};

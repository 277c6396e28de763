import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where a virtual card's memory is kept. */
export interface CardStore {
  /** The text last saved; `undefined` for a card that was never used. */
  load(): string | undefined;
  /** All or nothing, and done when it returns. */
  save(text: string): void;
}

/** For tests: the memory lives as long as the object. */
export const memoryCardStore = (text?: string): CardStore => {
  let kept = text;
  return {
    load: () => kept,
    save: (next) => (kept = next),
  };
};

/**
 * A file, replaced by renaming, so that a killed process leaves the memory before or after a command and
 * never between. It plays hardware: a power cut of this computer is not a tear of the card, so no fsync.
 */
export const fileCardStore = (file: string): CardStore => ({
  load() {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  },
  save(text) {
    mkdirSync(dirname(file), { recursive: true });
    const next = `${file}.next`;
    writeFileSync(next, text, { mode: 0o600 });
    renameSync(next, file);
  },
});

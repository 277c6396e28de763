import type { Result } from '../shared/result/index.ts';

/** What the station needs from the program that shows its screens. */
export interface StationHost {
  readonly kind: 'electron' | 'chromium' | 'none';
  /** Prints a page that is complete in itself (no script, nothing to load) to a PDF file; makes its folder. Faults: storage-full. */
  printToPdf(html: string, file: string): Promise<Result<void>>;
}

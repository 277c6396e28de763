import type { RunView } from '../../../electron/shared/contract/index.ts';

/** The line above a question: what is being done, and for whom. */
export const aboutRun = (what: string, run: RunView): string =>
  run.subject.customerName === undefined ? what : `${what} · ${run.subject.customerName}`;

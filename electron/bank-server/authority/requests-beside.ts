import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { RequestFlaw } from './certificate-request.ts';
import { requestSlots, type RequestSlots } from './request-slots.ts';

/** What is wrong with a request; undefined: nothing. */
type FindOut = () => RequestFlaw | undefined;

let slots: RequestSlots | undefined;
/** Requests nobody has asked about yet. */
let open = 0;

/**
 * A thread on another core finds out what is wrong with a request, until somebody asks: what it has not begun by then is
 * found out here, and what it is in the middle of too. So nobody waits for it, whatever became of it. It is started once
 * two requests are there at the same time.
 *
 *   here    A comes  B comes  C comes  ask the database …   C? finds it out   B? known   A? known
 *   thread  └─ A ──────────┴─ B ───────────────┘ (C is taken)
 *
 * @param der the whole request
 * @param here finds out the same
 */
export const flawFoundBeside = (der: Uint8Array, here: FindOut): FindOut => {
  open += 1;
  if (open > 1) slots ??= withThread(requestSlots());
  const number = slots?.put(der);
  let found: { readonly flaw: RequestFlaw | undefined } | undefined;
  return () => {
    if (found !== undefined) return found.flaw;
    open -= 1;
    const known = number === undefined || slots?.take(number) === true ? undefined : slots?.answerTo(number);
    found = { flaw: known === undefined ? here() : known === 'good' ? undefined : known };
    return found.flaw;
  };
};

const withThread = (shared: RequestSlots): RequestSlots => {
  // Beside this file, in the bundle too.
  const file = new URL(`./request-thread${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(file, { workerData: shared.memory });
  worker.unref();
  worker.on('error', () => undefined); // then everything is found out here
  return shared;
};

import type { RequestFlaw } from './certificate-request.ts';

/**
 * Memory that the thread that serves and the one of `request-thread.ts` share. A request, DER, stands in one of the slots
 * until the slot is needed again; what has been found out about it stands beside it. Each of the two does nothing but
 * look there, so neither ever waits for the other.
 *
 *   state of a slot: number of the request × 8 + waiting ─▶ taken ─▶ good, or one of the flaws
 */
export interface RequestSlots {
  readonly memory: SharedArrayBuffer;
  /** Its number; undefined: too long for a slot. */
  put(der: Uint8Array): number | undefined;
  /** Whoever takes it first finds it out. */
  take(number: number): boolean;
  /** The bytes of a request that was taken: a copy. */
  read(number: number): Uint8Array;
  /** For the thread: of a request that it took. */
  answer(number: number, flaw: RequestFlaw | undefined): void;
  /** Undefined: not known (yet, or any more). */
  answerTo(number: number): RequestFlaw | 'good' | undefined;
  /** For the thread: numbers of the requests that were put since; waits where there is none. */
  next(after: number): number;
}

/** More than are ever checked at once; who is overtaken by 64 others is looked at by the thread that serves. */
const SLOTS = 64;
/** A request with a key of RSA-3072 and a long name takes 1,200. */
const BYTES = 4_096;
const HEAD_BYTES = (1 + 2 * SLOTS) * 4;

export const requestSlots = (memory = new SharedArrayBuffer(HEAD_BYTES + SLOTS * BYTES)): RequestSlots => {
  /** How many were put, ever. */
  const count = new Int32Array(memory, 0, 1);
  const states = new Int32Array(memory, 4, SLOTS);
  const lengths = new Int32Array(memory, 4 + SLOTS * 4, SLOTS);
  const bytes = new Uint8Array(memory, HEAD_BYTES);
  const slotOf = (number: number): number => number & (SLOTS - 1);
  const stateOf = (number: number, state: number): number => (number << 3) | state;

  return {
    memory,
    put(der) {
      if (der.length > BYTES) return undefined;
      const number = Atomics.load(count, 0);
      const slot = slotOf(number);
      bytes.set(der, slot * BYTES);
      lengths[slot] = der.length;
      Atomics.store(states, slot, stateOf(number, WAITING));
      Atomics.store(count, 0, number + 1);
      Atomics.notify(count, 0);
      return number;
    },
    take: (number) =>
      Atomics.compareExchange(states, slotOf(number), stateOf(number, WAITING), stateOf(number, TAKEN)) ===
      stateOf(number, WAITING),
    read: (number) => {
      const from = slotOf(number) * BYTES;
      return bytes.slice(from, from + (lengths[slotOf(number)] ?? 0));
    },
    answer(number, flaw) {
      const answer = stateOf(number, GOOD + (flaw === undefined ? 0 : flaws.indexOf(flaw) + 1));
      // Unless another request stands there by now, whose bytes these may have been.
      Atomics.compareExchange(states, slotOf(number), stateOf(number, TAKEN), answer);
    },
    answerTo(number) {
      const state = Atomics.load(states, slotOf(number)) - stateOf(number, 0);
      return state === GOOD ? 'good' : flaws[state - GOOD - 1];
    },
    next(after) {
      for (;;) {
        const end = Atomics.load(count, 0);
        // Those further back stand nowhere any more.
        const left = (end - after) | 0;
        if (left !== 0) return left > SLOTS ? end - SLOTS : after;
        Atomics.wait(count, 0, end);
      }
    },
  };
};

const [WAITING, TAKEN, GOOD] = [1, 2, 3] as const;
const flaws: readonly RequestFlaw[] = ['malformed', 'proof-of-possession', 'weak-key'];

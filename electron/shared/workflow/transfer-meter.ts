import type { TransferState } from './run-state.ts';

/** How far one of a step's files is. */
export interface CopiedPart {
  readonly doing: TransferState['doing'];
  readonly path: string;
  readonly doneBytes: number;
  readonly ofBytes: number;
  /** Of everything the step copies, where it is known beforehand. */
  readonly wholeBytes?: number;
}

/** @param atMs when the part was that far. */
export type TransferMeter = (part: CopiedPart, atMs: number) => TransferState;

/** The rate is that of the last seconds: a card that begins fast and grows slow is not praised for its beginning. */
const windowMs = 4000;
/** A rate over less than this says more about chance than about the card. */
const shortestMs = 500;

/** Adds up a step's files one after another: how much of the whole is done, how fast, how long still. */
export function transferMeter(): TransferMeter {
  const parts = new Map<string, { done: number; of: number }>();
  let samples: { atMs: number; done: number }[] = [];

  return ({ doing, path, doneBytes, ofBytes, wholeBytes = 0 }, atMs) => {
    // Whatever came before this file is over: a file that was quick was not heard of to its end.
    for (const part of parts.values()) part.done = part.of;
    parts.set(path, { done: doneBytes, of: ofBytes });
    const sum = (of: 'done' | 'of') => [...parts.values()].reduce((total, part) => total + part[of], 0);
    const done = sum('done');
    const whole = Math.max(wholeBytes, sum('of'));

    samples = [...samples.filter((sample) => atMs - sample.atMs <= windowMs), { atMs, done }];
    const first = samples.at(0);
    const tookMs = first ? atMs - first.atMs : 0;
    const copied = first ? done - first.done : 0;
    const state = { doing, doneBytes: done, ofBytes: whole };
    if (tookMs < shortestMs || copied <= 0) return state;
    const bytesPerSecond = (copied * 1000) / tookMs;
    return {
      ...state,
      bytesPerSecond: Math.round(bytesPerSecond),
      leftMs: Math.round(((whole - done) * 1000) / bytesPerSecond),
    };
  };
}

/** One bench of a `*.bench.ts` file, exported as `bench`. */
export interface Bench {
  readonly name: string;
  /** `short`: few rounds, for a look; otherwise as many as make the median steady. */
  run(form: 'short' | 'long'): Promise<BenchResult>;
}

export type BenchResult =
  | {
      readonly kind: 'measured';
      /** What it was measured on, and what that says of other machines. */
      readonly conditions: readonly string[];
      readonly rows: readonly Row[];
      readonly bounds: readonly Bound[];
    }
  /** This machine cannot run it. */
  | { readonly kind: 'skipped'; readonly reason: string };

/** The same thing measured several times. */
export interface Row {
  readonly what: string;
  readonly unit: 'ms' | 'MB/s' | 'times';
  readonly samples: readonly number[];
}

/** A promise: a figure, or the ratio to a peer of the same run, and what it may not exceed. */
export interface Bound {
  readonly what: string;
  readonly value: number;
  readonly atMost: number;
}

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = samples.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
  return { min: sorted[0] ?? NaN, median, max: sorted.at(-1) ?? NaN };
}

/** Ours over the peer's, by medians. */
export const ratioOf = (ours: readonly number[], peer: readonly number[]): number =>
  spreadOf(ours).median / spreadOf(peer).median;

/** Milliseconds that the work took. */
export async function timed(work: () => unknown): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

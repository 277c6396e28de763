import type { RunView } from '../../electron/shared/contract/index.ts';

/**
 * How long a step usually takes here, in milliseconds: the median of what it took in other runs with the
 * same kind of medium. Undefined until this station has done it once; the screen then shows no guess.
 */
export function expectedMs(runs: readonly RunView[], run: RunView, step: string): number | undefined {
  const took = runs
    .filter((other) => other.runId !== run.runId && other.subject.mediumKind === run.subject.mediumKind)
    .flatMap((other) => other.steps)
    .filter((progress) => progress.step === step && progress.state === 'done')
    .map((progress) => progress.tookMs)
    .filter((ms) => ms !== undefined)
    .sort((a, b) => a - b);
  return took[Math.floor(took.length / 2)];
}

import type { RunView } from '../../electron/shared/contract/index.ts';
import type { Result } from '../../electron/shared/result/index.ts';
import { freezingJournal } from './freezing-journal.ts';
import type { losingLine } from './losing-line.ts';
import { inWords, must, recognisedIn, type TestStation } from './start-station.ts';

/*
 * One run with something going wrong at every operation of its card, at every message to the bank, or after every
 * entry of its journal; each time it is left by an exit, and what stands then is looked at.
 */

export type Exit = 'runs.resume' | 'runs.undo';
export const exits = ['runs.resume', 'runs.undo'] as const satisfies Exit[];

/** All moments, or another one at every few operations. */
export const long = process.env.CARDWRIGHT_SIMULATION === 'long';
/** Milliseconds for a test that goes through all moments. */
export const patience = long ? 1_200_000 : 180_000;

export type PullMoment = 'before' | 'during' | 'after';

export interface TroubledRuns {
  /** The present one: a killed station is followed by another. */
  station(): TestStation;
  readonly reader: string;
  /** What is said to the medium, and where it is pulled. */
  readonly script: {
    /** Operations so far. */
    count(): number;
    pullAt(operation: number, when: PullMoment): void;
    clear(): void;
  };
  /** Notes how things stand before a run. */
  before(): Promise<(view: RunView) => Promise<void>>;
  begin(): Promise<Result<{ runId: string }>>;
  /** Answers what the run asks, until it stands still for another reason. */
  settle(runId: string): Promise<RunView>;
  exit(way: Exit, runId: string): Promise<RunView>;
}

/** The outcomes in words, each once, sorted. */
const sorted = (outcomes: ReadonlySet<string>): string[] => [...outcomes].toSorted();

/** @param stride operations from one pull to the next; in the long simulation every one is pulled at. */
export async function pulledEverywhere(runs: TroubledRuns, way: Exit, stride: number): Promise<string[]> {
  const outcomes = new Set<string>();
  const { reader, script } = runs;
  const moments = ['before', 'during', 'after'] as const;
  const putBack = async () => {
    script.clear();
    runs.station().counter.putBack();
    await recognisedIn(runs.station(), reader);
  };
  for (let operation = 1, pulled = true; pulled; operation += long ? 1 : stride) {
    const check = await runs.before();
    const from = script.count();
    script.pullAt(operation, moments[operation % 3] ?? 'before');
    const asked = await runs.begin();
    if (!asked.ok) {
      // Pulled before there was a run: there is nothing to leave.
      await putBack();
      continue;
    }
    const { runId } = asked.value;
    let view = await runs.settle(runId);
    pulled = script.count() - from >= operation;
    await putBack();
    if (view.state.kind === 'failed') view = await runs.exit(way, runId);
    outcomes.add(inWords(view));
    await check(view);
  }
  return sorted(outcomes);
}

/**
 * The answer to every message is lost, which is harder than the message itself; in the long simulation that, too.
 * @param from waits for the moment from which messages are lost; from the beginning when absent.
 */
export async function lostEverywhere(
  runs: TroubledRuns,
  way: Exit,
  line: ReturnType<typeof losingLine>,
  { stride = 1, from }: { stride?: number; from?: (runId: string) => Promise<unknown> } = {},
): Promise<string[]> {
  const outcomes = new Set<string>();
  for (let exchange = 1, lost = true; lost; exchange += long ? 1 : stride) {
    for (const when of long ? (['before', 'after'] as const) : (['after'] as const)) {
      const check = await runs.before();
      if (!from) line.lose({ exchange, when });
      const { runId } = must(await runs.begin());
      await from?.(runId);
      if (from) line.lose({ exchange, when });
      let view = await runs.settle(runId);
      line.mend();
      lost = line.count() >= exchange;
      if (view.state.kind === 'failed') view = await runs.exit(way, runId);
      outcomes.add(inWords(view));
      await check(view);
    }
  }
  return sorted(outcomes);
}

/** The station is dead after so many entries, and another one finds the journal. */
export async function killedEverywhere(
  runs: TroubledRuns,
  way: Exit,
  start: (journal?: ReturnType<typeof freezingJournal>) => Promise<void>,
  stride: number,
): Promise<string[]> {
  const outcomes = new Set<string>();
  for (let entry = 1, killed = true; killed; entry += long ? 1 : stride) {
    const check = await runs.before();
    await runs.station().station.stop();
    await start(freezingJournal(entry));
    const { runId } = must(await runs.begin());
    let view = await runs.settle(runId);
    killed = view.state.kind === 'failed';
    await runs.station().station.stop();
    await start();
    if (killed) {
      view = await runs.exit(way, runId);
      outcomes.add(inWords(view));
    }
    await check(view);
  }
  return sorted(outcomes);
}

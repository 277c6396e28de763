import { randomUUID } from 'node:crypto';
import type { RunView } from '../../shared/contract/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { createRunner, type Run, type Runner, type Workflow } from '../../shared/workflow/index.ts';
import type { StationJournal } from '../journal/sqlite-journal.ts';
import { batchOf } from './batch-of.ts';
import { viewOfRun, type CustomerEntry } from './run-view.ts';

/** All runs of this station: those under way, those that stand still, and the last ones that ended. */
export interface Runs {
  /** `runId` where something has to know it before the first step. */
  start<Input>(workflow: Workflow<Input>, input: Input, officerId: string, runId?: string): Result<Run>;
  /** Newest first. */
  list(): RunView[];
  view(run: Run): RunView;
  /** Faults: run-unknown, journal-damaged. */
  find(runId: string): Result<Run>;
  /** Runs that are not completed. */
  live(): readonly Run[];
  /** Oldest first: all of a batch that are not completed, and those of the last completed ones. */
  ofBatch(batchId: string): readonly Run[];
  /** What the customer has typed of a field so far: counts only. */
  setEntry(runId: string, entry: CustomerEntry | undefined): void;
  onChange(listener: (run: Run) => void): () => void;
}

export interface RunsOptions {
  readonly journal: StationJournal;
  /** A run of a workflow this version does not know stays in the journal. */
  readonly workflows: readonly KnownWorkflow[];
  now(): Date;
  onBug(where: string, error: unknown): void;
}

/** A workflow that runs can be reopened with, whatever its input is. */
export interface KnownWorkflow {
  readonly name: string;
  reopen(runner: Runner, runId: string): Result<Run>;
}

export const known = <Input>(workflow: Workflow<Input>): KnownWorkflow => ({
  name: workflow.name,
  reopen: (runner, runId) => runner.reopen(workflow, runId),
});

const shownCompleted = 50;

/** Opens the runs that the last stop left unfinished; each stands still at 'run-interrupted'. */
export function openRuns({ journal, workflows, now, onBug }: RunsOptions): Result<Runs> {
  const runner = createRunner({ journal, now, onBug });
  const runs = new Map<string, Run>();
  const entries = new Map<string, CustomerEntry>();
  const listeners = new Set<(run: Run) => void>();

  const changed = (run: Run) => {
    if (run.state().kind !== 'asking') entries.delete(run.runId);
    for (const listener of listeners) listener(run);
  };
  const keep = (run: Run): Run => {
    runs.set(run.runId, run);
    run.onChange(changed);
    return run;
  };
  const reopen = (runId: string): Result<Run> => {
    const read = journal.read(runId);
    if (!read.ok) return read;
    const workflow = workflows.find(({ name }) => name === read.value.header.workflow);
    if (!workflow) return fail('run-unknown', { runId });
    return workflow.reopen(runner, runId);
  };
  const isCompleted = (run: Run) => run.state().kind === 'completed';

  const unfinished = journal.unfinished();
  if (!unfinished.ok) return unfinished;
  for (const { runId } of unfinished.value) {
    const run = reopen(runId);
    if (run.ok) keep(run.value);
    else onBug(`reopen/${runId}`, new Error(run.fault.code));
  }
  const completed = journal.completed(shownCompleted);
  if (!completed.ok) return completed;
  for (const { runId } of completed.value) {
    const run = reopen(runId);
    if (run.ok) runs.set(runId, run.value);
  }

  return ok({
    start(workflow, input, officerId, runId = randomUUID()) {
      const started = runner.start(workflow, input, { runId, officerId });
      if (!started.ok) return started;
      const run = keep(started.value);
      changed(run);
      return ok(run);
    },
    list() {
      const newest = [...runs.values()].sort((one, other) =>
        other.header.startedAt.localeCompare(one.header.startedAt),
      );
      const shown = [
        ...newest.filter((run) => !isCompleted(run)),
        ...newest.filter(isCompleted).slice(0, shownCompleted),
      ];
      return shown.map((run) => viewOfRun(run, entries.get(run.runId)));
    },
    view: (run) => viewOfRun(run, entries.get(run.runId)),
    find(runId) {
      const run = runs.get(runId);
      return run ? ok(run) : reopen(runId);
    },
    live: () => [...runs.values()].filter((run) => !isCompleted(run)),
    ofBatch: (batchId) =>
      [...runs.values()]
        .filter((run) => batchOf(run.header) === batchId)
        .sort((one, other) => one.header.startedAt.localeCompare(other.header.startedAt)),
    setEntry(runId, entry) {
      const run = runs.get(runId);
      if (!run) return;
      if (entry) entries.set(runId, entry);
      else entries.delete(runId);
      changed(run);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
}

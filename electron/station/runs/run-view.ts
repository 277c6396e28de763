import { runWorkflow, type RunView } from '../../shared/contract/index.ts';
import { batchOf } from './batch-of.ts';
import type { Run, RunState, StepProgress } from '../../shared/workflow/index.ts';
import { subjectOf } from './run-subject.ts';

export type CustomerEntry = NonNullable<RunView['customerEntry']>;

/** A run as a screen sees it. */
export function viewOfRun(run: Run, customerEntry: CustomerEntry | undefined): RunView {
  const { header } = run;
  const state = run.state();
  const steps = [...run.progress()];
  const workflow = workflowOf(header.workflow);
  const subject = subjectOf(header, run.records());
  // A wipe takes nothing back: what the bank ended stays ended.
  const batchId = batchOf(header);
  const undone = workflow === 'issue-card' && state.kind === 'completed' && state.outcome === 'undone';
  return {
    runId: run.runId,
    workflow,
    state,
    steps,
    officerId: header.officerId,
    startedAt: header.startedAt,
    subject: undone ? { ...subject, cardState: undoneState(subject) } : subject,
    removal: mayBeRemoved(state, steps) ? 'safe' : 'do-not-remove',
    ...(batchId !== undefined && { batchId }),
    ...(customerEntry && { customerEntry }),
  };
}

const workflowOf = (name: string): RunView['workflow'] => runWorkflow.safeParse(name).data ?? 'issue-card';

const undoneState = ({ certificateSerial }: RunView['subject']) =>
  certificateSerial === undefined ? 'blank' : 'revoked';

/**
 * From the first step that touches the medium to the last one it stays in, also while the bank is asked
 * in between; a question or a stop lets it out.
 */
function mayBeRemoved(state: RunState, steps: readonly StepProgress[]): boolean {
  if (state.kind === 'undoing') return false;
  if (state.kind !== 'working') return true;
  const touching = steps.map(({ touches }) => touches === 'card' || touches === 'media');
  const at = steps.findIndex(({ step }) => step === state.step);
  return at < touching.indexOf(true) || at > touching.lastIndexOf(true);
}

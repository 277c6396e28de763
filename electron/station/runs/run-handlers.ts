import { ok, type Result } from '../../shared/result/index.ts';
import type { Run } from '../../shared/workflow/index.ts';
import type { StationHandlers } from '../station-handlers.ts';
import type { Runs } from './runs.ts';

export const runHandlers = (
  runs: Runs,
): StationHandlers<
  'runs.list' | 'runs.read' | 'runs.answer' | 'runs.cancel' | 'runs.resume' | 'runs.undo'
> => {
  const on = (runId: string, act: (run: Run) => Result<void>): Result<Record<string, never>> => {
    const run = runs.find(runId);
    if (!run.ok) return run;
    const acted = act(run.value);
    return acted.ok ? ok({}) : acted;
  };
  return {
    'runs.list': () => ok({ runs: runs.list() }),
    'runs.read': ({ runId }) => {
      const run = runs.find(runId);
      return run.ok ? ok(runs.view(run.value)) : run;
    },
    'runs.answer': ({ runId, askId, answer }) =>
      on(runId, (run) => {
        const state = run.state();
        // What the customer answers on their own screen nobody answers for them.
        if (state.kind !== 'asking' || state.ask.of !== 'officer')
          return { ok: false, fault: { code: 'run-not-asking', data: { askId } } };
        return run.answer(askId, answer);
      }),
    'runs.cancel': ({ runId }) => on(runId, (run) => run.cancel()),
    'runs.resume': ({ runId }) => on(runId, (run) => run.resume()),
    'runs.undo': ({ runId }) => on(runId, (run) => run.undo()),
  };
};

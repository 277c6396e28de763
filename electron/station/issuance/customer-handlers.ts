import { fail, ok } from '../../shared/result/index.ts';
import type { StationHandlers } from '../station-handlers.ts';
import type { Runs } from '../runs/runs.ts';
import type { CustomerScreen } from './customer-screen.ts';

export const customerHandlers = (
  screen: CustomerScreen,
  runs: Runs,
): StationHandlers<'customer.prompt' | 'customer.progress' | 'customer.answer'> => ({
  'customer.prompt': () => ok(screen.prompt()),

  'customer.progress': ({ runId, field, typed, of }) => {
    const shown = screen.prompt();
    if (shown.kind !== 'enter-secrets' || shown.runId !== runId) return fail('run-not-asking', { askId: '' });
    runs.setEntry(runId, { field, typed, ...(of !== undefined && { of }) });
    return ok({});
  },

  'customer.answer': ({ runId, askId, accountPin, loginPassword, cardPin }) => {
    const answered = screen.answer(runId, askId, {
      ...(accountPin && { accountPin }),
      ...(loginPassword && { loginPassword }),
      ...(cardPin !== undefined && { cardPin }),
    });
    return answered.ok ? ok({}) : answered;
  },
});

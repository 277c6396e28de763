import type { Readers } from '../readers/readers.ts';
import { subjectOf } from './run-subject.ts';
import type { Runs } from './runs.ts';

/** A run keeps its reader while it goes on, and lets it go where it stands still for good. */
export function holdReaders(runs: Runs, readers: Readers): void {
  runs.onChange((run) => {
    const { kind } = run.state();
    if (kind === 'completed' || kind === 'failed') {
      readers.release(run.runId);
      return;
    }
    const { steps } = run.records();
    const { reader } = subjectOf(run.header, run.records());
    // Refused where another run has it by now; the next step then says so.
    if (reader !== undefined && (steps.has('inspect-medium') || steps.has('inspect-card')))
      readers.hold(reader, run.runId);
  });
}

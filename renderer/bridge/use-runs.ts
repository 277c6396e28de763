import type { BatchView, RunView } from '../../electron/shared/contract/index.ts';
import { useStationSnapshot } from './station-provider.tsx';

export const useRuns = (): readonly RunView[] => useStationSnapshot().runs;

export function useRun(runId: string | undefined): RunView | undefined {
  const { runs } = useStationSnapshot();
  return runId === undefined ? undefined : runs.find((run) => run.runId === runId);
}

/** Newest first. */
export const useBatches = (): readonly BatchView[] => useStationSnapshot().batches;

/** Started and neither done nor taken back: working, asking, or standing still at a fault. */
export const isUnfinished = (run: RunView): boolean => run.state.kind !== 'completed';

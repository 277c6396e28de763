export { hostPort, type HostPort } from './host-port.ts';
export { connectStation, type StationClient } from './station-client.ts';
export { StationProvider, useStation, useStationSnapshot } from './station-provider.tsx';
export type { StationSnapshot } from './station-store.ts';
export { useCall, useQuery, type CallState, type QueryState } from './use-call.ts';
export { useEvent } from './use-event.ts';
export { useOfficerReaders } from './use-officer-readers.ts';
export { isUnfinished, useBatches, useRun, useRuns } from './use-runs.ts';

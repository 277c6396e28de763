export { createFakeStation, type FakeStation, type FakeStationOptions } from './fake-station.ts';
export * from './fake-data.ts';
export { issueParts, issueRun, issueRunId, wipeRun } from './fake-runs.ts';

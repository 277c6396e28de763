export { createFakeStation, type FakeStation, type FakeStationOptions } from './fake-station.ts';
export * from './fake-data.ts';
export * from './fake-batches.ts';
export * from './fake-quarantine.ts';
export { issueParts, issueRun, issueRunId, upgradeRun, wipeRun } from './fake-runs.ts';

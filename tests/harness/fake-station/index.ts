export { createFakeStation, type FakeStation, type FakeStationOptions } from './fake-station.ts';
export * from './fake-data.ts';
export { issueParts, issueRun, issueRunId, upgradeRun, wipeRun } from './fake-runs.ts';

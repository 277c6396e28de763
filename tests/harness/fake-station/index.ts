export { createFakeStation, type FakeStation, type FakeStationOptions } from './fake-station.ts';
export * from './fake-data.ts';
export * from './fake-bank-keys.ts';
export * from './fake-batches.ts';
export * from './fake-quarantine.ts';
export * from './fake-trace.ts';
export * from './fake-officer-cards.ts';
export {
  appletRun,
  issueParts,
  issueRun,
  issueRunId,
  restartRun,
  upgradeRun,
  wipeRun,
  wipeRunId,
} from './fake-runs.ts';

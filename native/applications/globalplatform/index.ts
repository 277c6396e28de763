export { globalPlatform, type GlobalPlatformSession, type OpenChannel } from './globalplatform-session.ts';
export type { CardContent, LoadOptions, SecuredDomain } from './secured-domain.ts';
export type { ProductionData } from './card/production-data.ts';
export type { RecognitionData } from './card/recognition-data.ts';
export { parseCapFile, type CapFile } from './cap/cap-file.ts';
export { loadFileHash, type DapBlock, type LoadFileHash } from './cap/load-file.ts';
export type { InstallForInstall, StoreDataFormat } from './content/content-commands.ts';
export type { ApplicationEntry, DomainEntry, PackageEntry, PackageVersion } from './content/get-status.ts';
export type { ApplicationLifeCycle, CardLifeCycle } from './content/life-cycle.ts';
export * from './channel/index.ts';
export {
  planUpgrade,
  type AppletPolicy,
  type AppletRelease,
  type PlannedRelease,
  type UpgradePlan,
} from './upgrade/plan-upgrade.ts';
export { upgradeApplet, upgradeRefusal } from './upgrade/upgrade-applet.ts';

import { equalBytes } from '../../../../electron/shared/codec/index.ts';
import type { CapFile } from '../cap/cap-file.ts';
import type { DapBlock, LoadFileHash } from '../cap/load-file.ts';
import type { InstallForInstall } from '../content/content-commands.ts';
import type { PackageEntry, PackageVersion } from '../content/get-status.ts';
import type { CardContent } from '../secured-domain.ts';

/** What has to be known of a release to plan with it. */
export interface PlannedRelease {
  readonly cap: Pick<CapFile, 'packageAid' | 'version'>;
  readonly instances: readonly Omit<InstallForInstall, 'packageAid'>[];
  /** Packages of earlier releases under other AIDs, which this one takes the place of. */
  readonly replaces?: readonly Uint8Array[];
}

/** A version of the bank's applet as the bank publishes it. */
export interface AppletRelease extends PlannedRelease {
  readonly cap: CapFile;
  readonly domainAid?: Uint8Array;
  readonly hash?: LoadFileHash;
  readonly daps?: readonly DapBlock[];
}

export interface AppletPolicy {
  /** Replace a newer version by this one. Never by itself: a technician decides. */
  readonly downgrade?: boolean;
  /** What to do with a package whose version the card does not tell. `keep` when absent. */
  readonly unknownVersion?: 'keep' | 'replace';
}

export type UpgradeAction =
  | { readonly kind: 'delete'; readonly aid: Uint8Array; readonly related: boolean }
  | { readonly kind: 'load' }
  | { readonly kind: 'install'; readonly instance: InstallForInstall };

export type UpgradePlan =
  | { readonly kind: 'up-to-date' }
  | {
      readonly kind: 'change';
      readonly actions: readonly UpgradeAction[];
      /** Instances go, and with them keys and data: the card has to be personalised again. */
      readonly losesData: boolean;
      /** AIDs of those instances. */
      readonly lost: readonly Uint8Array[];
    }
  | { readonly kind: 'refused'; readonly why: UpgradeRefusal };

export type UpgradeRefusal =
  | 'newer-on-card'
  /** An AID that the release needs belongs to something that the bank did not put there. */
  | 'foreign-instance'
  /** An instance is locked; deleting it would hide why. */
  | 'instance-locked';

/**
 * What has to happen so that the card holds this release, from what it holds now. The plan depends on nothing
 * else: after a break the content is read again, and the plan from there is the rest of the work.
 */
export const planUpgrade = (
  content: CardContent,
  release: PlannedRelease,
  policy: AppletPolicy = {},
): UpgradePlan => {
  const { cap, instances, replaces = [] } = release;
  const installed = content.packages.find(({ aid }) => equalBytes(aid, cap.packageAid));
  const ofPackage = (aid: Uint8Array) =>
    content.applications.filter(({ packageAid }) => packageAid !== undefined && equalBytes(packageAid, aid));

  const ours = [cap.packageAid, ...replaces];
  const isOurs = (aid: Uint8Array) => ours.some((own) => equalBytes(own, aid));
  const anyOfOurs = content.packages.some(({ aid }) => isOurs(aid));
  const inTheWay = content.applications.filter(({ aid }) =>
    instances.some(({ instanceAid }) => equalBytes(instanceAid, aid)),
  );
  // Where the card does not tell from which package an instance comes, it is ours if the package is there.
  if (inTheWay.some(({ packageAid }) => (packageAid === undefined ? !anyOfOurs : !isOurs(packageAid))))
    return refused('foreign-instance');

  const outdated = content.packages.filter(({ aid }) => replaces.some((old) => equalBytes(old, aid)));
  const stay = installed === undefined ? 'load' : decide(installed, cap.version, policy);
  if (stay === 'newer') return refused('newer-on-card');
  const gone = [...outdated, ...(stay === 'replace' && installed !== undefined ? [installed] : [])];
  const lost = gone.flatMap(({ aid }) => ofPackage(aid));
  const kept = stay === 'keep' ? inTheWay.filter((entry) => !lost.includes(entry)) : [];
  if ([...lost, ...inTheWay].some(({ state }) => state === 'locked')) return refused('instance-locked');

  const orphans = inTheWay.filter((entry) => !kept.includes(entry) && !lost.includes(entry));
  const actions: UpgradeAction[] = [
    // Cards that do not tell the package of an instance: it goes by its own AID, and before its package.
    ...orphans.map(({ aid }): UpgradeAction => ({
      kind: 'delete',
      aid,
      related: false,
    })),
    ...gone.map(({ aid }): UpgradeAction => ({ kind: 'delete', aid, related: ofPackage(aid).length > 0 })),
    ...(stay === 'keep' ? [] : [{ kind: 'load' } as const]),
    ...instances
      .filter(({ instanceAid }) => !kept.some(({ aid }) => equalBytes(aid, instanceAid)))
      .map((instance): UpgradeAction => ({
        kind: 'install',
        instance: { ...instance, packageAid: cap.packageAid },
      })),
  ];
  if (actions.length === 0) return { kind: 'up-to-date' };
  const lostAids = [...lost, ...orphans].map(({ aid }) => aid);
  return { kind: 'change', actions, losesData: lostAids.length > 0, lost: lostAids };
};

const refused = (why: UpgradeRefusal): UpgradePlan => ({ kind: 'refused', why });

const decide = (
  { version }: PackageEntry,
  wanted: PackageVersion,
  { downgrade = false, unknownVersion = 'keep' }: AppletPolicy,
): 'keep' | 'replace' | 'newer' => {
  if (version === undefined) return unknownVersion;
  const difference = version.major - wanted.major || version.minor - wanted.minor;
  if (difference === 0) return 'keep';
  return difference < 0 || downgrade ? 'replace' : 'newer';
};

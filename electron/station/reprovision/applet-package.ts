import { createHash } from 'node:crypto';
import { equalBytes, fromHex, toHex } from '../../shared/codec/index.ts';
import {
  isNewerVersion,
  type AppletPackage,
  type AppletState,
  type CardApplet,
} from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import {
  parseCapFile,
  planUpgrade,
  upgradeRefusal,
  type AppletRelease,
  type CardContent,
  type PackageVersion,
  type PlannedRelease,
} from '../../../native/applications/globalplatform/index.ts';
import { atrPattern } from '../../../native/quirks/index.ts';
import type { BankClient } from '../bank/bank-client.ts';
import { fromBase64 } from '../issuance/issued-card.ts';

/** A package that a card shall have, in the bank's newest version, and the versions before that the bank still has. */
export interface WantedApplet {
  readonly wanted: AppletPackage;
  /** Of this package and of those that it replaces. */
  readonly earlier: readonly AppletPackage[];
}

/** By the card's answer to reset. What another package takes the place of is not wanted any more. */
export function appletsFor(packages: readonly AppletPackage[], atr: Uint8Array): readonly WantedApplet[] {
  const hex = toHex(atr);
  const fitting = packages.filter(({ cards }) => cards.some((pattern) => atrPattern(pattern).test(hex)));
  const newestFirst = fitting.toSorted((one, other) =>
    one.version === other.version ? 0 : isNewerVersion(one.version, other.version) ? -1 : 1,
  );
  const replaced = new Set(fitting.flatMap(({ replaces }) => replaces));
  const wanted = newestFirst.filter(
    (one, at) =>
      !replaced.has(one.packageAid) &&
      newestFirst.findIndex(({ packageAid }) => packageAid === one.packageAid) === at,
  );
  return wanted.map((one) => ({
    wanted: one,
    earlier: newestFirst.filter((each) => each !== one && packagesOf(one).includes(each.packageAid)),
  }));
}

/** Itself, and what it takes the place of. */
const packagesOf = ({ packageAid, replaces }: AppletPackage): readonly string[] => [packageAid, ...replaces];

/** One of the bank's packages on a card. `version` is absent where the card does not tell it. */
export interface PackageOnCard {
  readonly packageAid: string;
  readonly version?: string;
}

export function packageOnCard(content: CardContent, applet: AppletPackage): PackageOnCard | undefined {
  const ours = packagesOf(applet);
  const found = content.packages.filter(({ aid }) => ours.includes(toHex(aid)));
  // An upgrade under another AID that was broken off may have left both.
  const one = found.find(({ aid }) => toHex(aid) === applet.packageAid) ?? found[0];
  return one && { packageAid: toHex(one.aid), ...(one.version && { version: textOf(one.version) }) };
}

const textOf = ({ major, minor }: PackageVersion): string => `${major}.${minor}`;

/** What the bank's register has of this package, or of one that it replaces. */
export const inRegister = (applets: readonly CardApplet[], applet: AppletPackage): CardApplet | undefined => {
  const found = applets.filter(({ packageAid }) => packagesOf(applet).includes(packageAid));
  return found.find(({ packageAid }) => packageAid === applet.packageAid) ?? found[0];
};

export function appletStateOf(
  onCard: PackageOnCard | undefined,
  { packageAid, version, minimumVersion }: AppletPackage,
): AppletState {
  if (onCard === undefined) return 'absent';
  if (onCard.packageAid !== packageAid) return 'outdated';
  if (onCard.version === undefined) return 'unknown';
  if (isNewerVersion(onCard.version, version)) return 'newer';
  if (onCard.version === version) return 'current';
  return minimumVersion !== undefined && isNewerVersion(minimumVersion, onCard.version)
    ? 'required'
    : 'outdated';
}

/**
 * Whether this package may be brought onto the card, and whether there is anything to do. Nothing is changed.
 * Faults: applet-holds-data (what is a customer's would go), applet-newer-on-card, card-foreign, card-status.
 */
export function decideUpgrade(
  content: CardContent,
  applet: AppletPackage,
  isCustomers: boolean,
): Result<'possible' | 'up-to-date'> {
  const plan = planUpgrade(content, plannedRelease(applet));
  if (plan.kind === 'up-to-date') return ok('up-to-date');
  if (plan.kind === 'refused') return upgradeRefusal(plan.why);
  const isInUse = isCustomers && applet.holdsCustomerData && plan.losesData;
  // Key, certificate and one-time passwords are in these, and so are the card's own secrets.
  const losesCard = plan.lost.some((aid) => applicationsOfCard.some((own) => toHex(aid).startsWith(own)));
  return isInUse || losesCard ? fail('applet-holds-data') : ok('possible');
}

/** PIV (SP 800-73-4 part 1, 2.2) and OATH. */
const applicationsOfCard = ['a000000308', 'a0000005272101'];

const plannedRelease = ({ packageAid, version, instances, replaces }: AppletPackage): PlannedRelease => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return {
    cap: { packageAid: fromHex(packageAid), version: { major, minor } },
    instances: instances.map(({ moduleAid, instanceAid, privileges, parameters }) => ({
      moduleAid: fromHex(moduleAid),
      instanceAid: fromHex(instanceAid),
      privileges: fromHex(privileges),
      parameters: fromHex(parameters),
    })),
    replaces: replaces.map(fromHex),
  };
};

/**
 * The CAP file from the bank, with everything that the bank's list says of it. Faults: applet-damaged,
 * applet-unknown, card-unsupported (a form of file that cards of this kind do not take), those of the way to the bank.
 */
export async function fetchRelease(bank: BankClient, applet: AppletPackage): Promise<Result<AppletRelease>> {
  const { sha256 } = applet;
  const read = await bank.call('readAppletFile', { sha256 }, {});
  if (!read.ok) return read;
  const bytes = fromBase64(read.value.capFile);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    return fail('applet-damaged', { reason: 'sha256' });
  const cap = parseCapFile(bytes);
  if (!cap.ok) return cap;
  const { packageAid, version, appletAids } = cap.value;
  const planned = plannedRelease(applet);
  if (!equalBytes(packageAid, planned.cap.packageAid) || textOf(version) !== applet.version)
    return fail('applet-damaged', { reason: 'version' });
  const missing = planned.instances.some(
    ({ moduleAid }) => !appletAids.some((aid) => equalBytes(aid, moduleAid)),
  );
  if (missing) return fail('applet-damaged', { reason: 'module' });
  return ok({
    ...planned,
    cap: cap.value,
    ...(applet.hash && { hash: applet.hash }),
    daps: applet.daps.map(({ domainAid, signature }) => ({
      domainAid: fromHex(domainAid),
      signature: fromBase64(signature),
    })),
  });
}

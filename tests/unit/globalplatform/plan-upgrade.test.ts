import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../electron/shared/codec/index.ts';
import {
  parseCapFile,
  planUpgrade,
  type AppletPolicy,
  type AppletRelease,
  type ApplicationEntry,
  type CardContent,
  type PackageEntry,
  type UpgradePlan,
} from '../../../native/applications/globalplatform/index.ts';
import { capArchive } from '../../../electron/bank-server/training/cap-archive.ts';

const packageAid = 'd276000124010a';
const instanceAid = 'd276000124010a01';
const secondAid = 'd276000124010a02';

const cap = parseCapFile(capArchive({ appletAids: [instanceAid, secondAid] }));
if (!cap.ok) throw new Error('no CAP file');

const instance = (aid: string) => ({
  moduleAid: fromHex(aid),
  instanceAid: fromHex(aid),
  privileges: fromHex('00'),
  parameters: new Uint8Array(0),
});

const release: AppletRelease = { cap: cap.value, instances: [instance(instanceAid), instance(secondAid)] };

const packageOf = (aid: string, version: readonly [number, number] | undefined): PackageEntry => ({
  aid: fromHex(aid),
  version: version && { major: version[0], minor: version[1] },
  modules: [],
  domainAid: undefined,
});

const application = (
  aid: string,
  from: string | undefined,
  more: Partial<ApplicationEntry> = {},
): ApplicationEntry => ({
  aid: fromHex(aid),
  state: 'selectable',
  lifeCycle: 0x07,
  privileges: fromHex('00'),
  isSecurityDomain: false,
  packageAid: from === undefined ? undefined : fromHex(from),
  domainAid: undefined,
  ...more,
});

const content = (
  packages: readonly PackageEntry[],
  applications: readonly ApplicationEntry[],
): CardContent => ({
  domain: { aid: fromHex('a000000151000000'), state: 'secured', privileges: new Uint8Array(0) },
  packages,
  applications,
});

const steps = (plan: UpgradePlan): unknown =>
  plan.kind === 'change'
    ? {
        losesData: plan.losesData,
        actions: plan.actions.map((action) =>
          action.kind === 'delete'
            ? `delete ${toHex(action.aid)}${action.related ? ' and related' : ''}`
            : action.kind === 'install'
              ? `install ${toHex(action.instance.instanceAid)} from ${toHex(action.instance.packageAid)}`
              : 'load',
        ),
      }
    : plan.kind === 'refused'
      ? plan.why
      : plan.kind;

const installBoth = [`install ${instanceAid} from ${packageAid}`, `install ${secondAid} from ${packageAid}`];
const both = [application(instanceAid, packageAid), application(secondAid, packageAid)];

describe('the plan for an applet', () => {
  it.each<[string, CardContent, unknown, AppletPolicy?]>([
    ['an empty card', content([], []), { losesData: false, actions: ['load', ...installBoth] }],
    ['this version, complete', content([packageOf(packageAid, [1, 2])], both), 'up-to-date'],
    [
      'a package whose instances are not there yet',
      content([packageOf(packageAid, [1, 2])], []),
      { losesData: false, actions: installBoth },
    ],
    [
      'a package with one of two instances',
      content([packageOf(packageAid, [1, 2])], [both[0]!]),
      { losesData: false, actions: [installBoth[1]] },
    ],
    [
      'an older version',
      content([packageOf(packageAid, [1, 1])], both),
      { losesData: true, actions: [`delete ${packageAid} and related`, 'load', ...installBoth] },
    ],
    [
      'an older version without instances',
      content([packageOf(packageAid, [0, 9])], []),
      { losesData: false, actions: [`delete ${packageAid}`, 'load', ...installBoth] },
    ],
    [
      'an older version on a card that does not tell the package of an instance',
      content([packageOf(packageAid, [1, 1])], [application(instanceAid, undefined)]),
      { losesData: true, actions: [`delete ${instanceAid}`, `delete ${packageAid}`, 'load', ...installBoth] },
    ],
    [
      'this version on a card that does not tell the package of an instance',
      content([packageOf(packageAid, [1, 2])], [application(instanceAid, undefined), both[1]!]),
      'up-to-date',
    ],
    ['a newer minor version', content([packageOf(packageAid, [1, 3])], both), 'newer-on-card'],
    ['a newer major version', content([packageOf(packageAid, [2, 0])], both), 'newer-on-card'],
    [
      'a newer version, with leave to go back',
      content([packageOf(packageAid, [1, 3])], both),
      { losesData: true, actions: [`delete ${packageAid} and related`, 'load', ...installBoth] },
      { downgrade: true },
    ],
    [
      'a version that the card does not tell',
      content([packageOf(packageAid, undefined)], both),
      'up-to-date',
    ],
    [
      'a version that the card does not tell, to be replaced',
      content([packageOf(packageAid, undefined)], both),
      { losesData: true, actions: [`delete ${packageAid} and related`, 'load', ...installBoth] },
      { unknownVersion: 'replace' },
    ],
    [
      'an AID of somebody else’s applet',
      content([], [application(instanceAid, 'a00000000101')]),
      'foreign-instance',
    ],
    ['an AID of unknown origin', content([], [application(instanceAid, undefined)]), 'foreign-instance'],
    [
      'a locked instance of an older version',
      content([packageOf(packageAid, [1, 1])], [application(instanceAid, packageAid, { state: 'locked' })]),
      'instance-locked',
    ],
    [
      'other applets beside it',
      content([packageOf('a00000000101', [9, 9])], [application('a0000000010101', 'a00000000101')]),
      { losesData: false, actions: ['load', ...installBoth] },
    ],
  ])('on a card with %s', (_, card, expected, policy) => {
    expect(steps(planUpgrade(card, release, policy))).toEqual(expected);
  });

  it('removes the packages that it takes the place of', () => {
    const replacing = { ...release, replaces: [fromHex('d2760001240109')] };
    const card = content([packageOf('d2760001240109', [3, 0])], [application(instanceAid, 'd2760001240109')]);
    expect(steps(planUpgrade(card, replacing))).toEqual({
      losesData: true,
      actions: ['delete d2760001240109 and related', 'load', ...installBoth],
    });
  });

  it('reaches the release from every point at which it can break off', () => {
    let card = content([packageOf(packageAid, [1, 1])], both);
    const done: string[] = [];
    for (let round = 0; round < 10; round++) {
      const plan = planUpgrade(card, release);
      if (plan.kind !== 'change') break;
      const [action] = plan.actions;
      done.push(action!.kind);
      if (action!.kind === 'delete') card = content([], []);
      if (action!.kind === 'load') card = content([packageOf(packageAid, [1, 2])], card.applications);
      if (action!.kind === 'install')
        card = content(card.packages, [
          ...card.applications,
          application(toHex(action!.instance.instanceAid), packageAid),
        ]);
    }
    expect(done).toEqual(['delete', 'load', 'install', 'install']);
    expect(planUpgrade(card, release).kind).toBe('up-to-date');
  });
});

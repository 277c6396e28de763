import type { PackageVersion } from '../../../../electron/shared/cap-file/index.ts';
import { findTlv, parseTlvs, type CommandApdu, type Tlv } from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import {
  applicationLifeCycle,
  cardLifeCycle,
  type ApplicationLifeCycle,
  type CardLifeCycle,
} from './life-cycle.ts';

export type { PackageVersion };

/** Which part of the card's registry (GPCS 2.3.1 table 11-33). */
export const registryPart = {
  issuerDomain: 0x80,
  applications: 0x40,
  packages: 0x20,
  packagesAndModules: 0x10,
} as const;

export type RegistryPart = (typeof registryPart)[keyof typeof registryPart];

/** GET STATUS for all entries in the tag format; `next` goes on after a 6310 (GPCS 2.3.1 11.4). */
export const getStatus = (part: RegistryPart, next = false): CommandApdu => ({
  cla: 0x80,
  ins: 0xf2,
  p1: part,
  p2: next ? 0x03 : 0x02,
  data: new Uint8Array([0x4f, 0x00]),
  le: 256,
});

/** Warning: more entries wait for the next GET STATUS. */
export const MORE_ENTRIES = 0x6310;
/** The part is empty. */
export const NO_ENTRIES = 0x6a88;

export interface DomainEntry {
  readonly aid: Uint8Array;
  readonly state: CardLifeCycle;
  readonly privileges: Uint8Array;
}

export interface ApplicationEntry {
  readonly aid: Uint8Array;
  readonly state: ApplicationLifeCycle;
  /** The life-cycle byte itself; its middle bits are the application's. */
  readonly lifeCycle: number;
  readonly privileges: Uint8Array;
  readonly isSecurityDomain: boolean;
  /** AID of the package (executable load file) it comes from, when the card says. */
  readonly packageAid: Uint8Array | undefined;
  /** AID of the security domain it belongs to, when the card says. */
  readonly domainAid: Uint8Array | undefined;
}

export interface PackageEntry {
  readonly aid: Uint8Array;
  /** Version of the package, when the card says. */
  readonly version: PackageVersion | undefined;
  readonly modules: readonly Uint8Array[];
  readonly domainAid: Uint8Array | undefined;
}

/** Answers of one or several GET STATUS joined: E3 { … } E3 { … }. Fault: card-bad-answer. */
export const parseDomainEntries = (data: Uint8Array): Result<readonly DomainEntry[]> =>
  entriesOf(data, ({ aid, lifeCycle, privileges }) => ({
    aid,
    state: cardLifeCycle(lifeCycle),
    privileges,
  }));

export const parseApplicationEntries = (data: Uint8Array): Result<readonly ApplicationEntry[]> =>
  entriesOf(data, ({ aid, lifeCycle, privileges, objects }) => ({
    aid,
    state: applicationLifeCycle(lifeCycle),
    lifeCycle,
    privileges,
    isSecurityDomain: ((privileges[0] ?? 0) & 0x80) !== 0,
    packageAid: findTlv(objects, 0xc4),
    domainAid: findTlv(objects, 0xcc),
  }));

export const parsePackageEntries = (data: Uint8Array): Result<readonly PackageEntry[]> =>
  entriesOf(data, ({ aid, objects }) => ({
    aid,
    version: versionOf(findTlv(objects, 0xce)),
    modules: objects.filter(({ tag }) => tag === 0x84).map(({ value }) => value),
    domainAid: findTlv(objects, 0xcc),
  }));

interface RawEntry {
  readonly aid: Uint8Array;
  readonly lifeCycle: number;
  readonly privileges: Uint8Array;
  readonly objects: readonly Tlv[];
}

const entriesOf = <Entry>(data: Uint8Array, entry: (raw: RawEntry) => Entry): Result<readonly Entry[]> => {
  const templates = parseTlvs(data);
  if (!templates.ok) return templates;
  const entries: Entry[] = [];
  for (const { tag, value } of templates.value) {
    if (tag !== 0xe3) return malformed();
    const objects = parseTlvs(value);
    if (!objects.ok) return objects;
    const aid = findTlv(objects.value, 0x4f);
    // Applications may answer two bytes of state, the second for each logical channel.
    const lifeCycle = findTlv(objects.value, 0x9f70)?.[0];
    if (aid === undefined || lifeCycle === undefined) return malformed();
    const privileges = findTlv(objects.value, 0xc5) ?? new Uint8Array(0);
    entries.push(entry({ aid, lifeCycle, privileges, objects: objects.value }));
  }
  return ok(entries);
};

const versionOf = (value: Uint8Array | undefined): PackageVersion | undefined => {
  const [major, minor] = value ?? [];
  return major === undefined || minor === undefined || value?.length !== 2 ? undefined : { major, minor };
};

const malformed = () => fail('card-bad-answer', { what: 'get-status' });

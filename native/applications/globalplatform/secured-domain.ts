import { concatBytes, type CommandApdu } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { CapFile } from './cap/cap-file.ts';
import { loadFile, loadFileHash, type DapBlock, type LoadFileHash } from './cap/load-file.ts';
import { isErrorStatus, type KeyChangeRequest } from '../../../electron/shared/secure-channel/index.ts';
import type { SecureChannelPipe } from './channel/secure-channel-pipe.ts';
import {
  deleteKeys,
  deleteObject,
  installForInstall,
  installForLoad,
  installForPersonalization,
  loadBlocks,
  maximumBlocks,
  setStatus,
  storeDataBlocks,
  type InstallForInstall,
  type StoreDataFormat,
} from './content/content-commands.ts';
import {
  getStatus,
  MORE_ENTRIES,
  NO_ENTRIES,
  parseApplicationEntries,
  parseDomainEntries,
  parsePackageEntries,
  registryPart,
  type ApplicationEntry,
  type DomainEntry,
  type PackageEntry,
  type RegistryPart,
} from './content/get-status.ts';
import { statusFault } from './status-fault.ts';

/** What is installed on a card. */
export interface CardContent {
  readonly domain: DomainEntry;
  readonly applications: readonly ApplicationEntry[];
  readonly packages: readonly PackageEntry[];
}

/**
 * The issuer's security domain over an opened channel: everything that changes the content of a card.
 * Faults of every call: those of `SecureChannelPipe`, and card-full, card-object-missing, card-unsupported,
 * card-status with the status word.
 */
export interface SecuredDomain {
  readonly channel: SecureChannelPipe;
  readContent(): Promise<Result<CardContent>>;
  /** `related`: a package together with every instance made from it. */
  delete(aid: Uint8Array, options?: { readonly related?: boolean }): Promise<Result<void>>;
  deleteKeys(version: number): Promise<Result<void>>;
  /** A whole package: INSTALL [for load], then its blocks. A card keeps nothing of a load that breaks off. */
  load(cap: CapFile, options?: LoadOptions): Promise<Result<void>>;
  /** An instance of a class in a loaded package, selectable at once. */
  install(wanted: InstallForInstall): Promise<Result<void>>;
  /** STORE DATA to the domain itself, or to an application in it. At most 256 blocks. */
  storeData(
    data: Uint8Array,
    options: { readonly format: StoreDataFormat; readonly applicationAid?: Uint8Array },
  ): Promise<Result<void>>;
  changeKeys(request: KeyChangeRequest): Promise<Result<void>>;
  lockApplication(aid: Uint8Array): Promise<Result<void>>;
  unlockApplication(aid: Uint8Array): Promise<Result<void>>;
  /** 07 INITIALIZED, 0F SECURED, 7F CARD_LOCKED. TERMINATED cannot be undone and is not offered. */
  setCardState(state: 'initialized' | 'secured' | 'card-locked'): Promise<Result<void>>;
  close(): Promise<void>;
}

export interface LoadOptions {
  readonly domainAid?: Uint8Array;
  /** Lets the card check what it got; needed with a signature. None when absent: not every card takes one. */
  readonly hash?: LoadFileHash;
  readonly daps?: readonly DapBlock[];
  readonly onBlock?: (sent: number, total: number) => void;
}

export const securedDomain = (channel: SecureChannelPipe): SecuredDomain => {
  const done = async (what: string, command: CommandApdu, timeoutMs?: number): Promise<Result<void>> => {
    const answer = await channel.send(command, timeoutMs === undefined ? {} : { timeoutMs });
    if (!answer.ok) return answer;
    return isErrorStatus(answer.value.sw) ? statusFault(what, answer.value.sw) : ok();
  };

  const allDone = async (
    what: string,
    commands: readonly CommandApdu[],
    onAnswer?: (sent: number, total: number) => void,
  ): Promise<Result<void>> => {
    const answers = await channel.sendAll(commands, {
      timeoutMs: slowCommandMs,
      ...(onAnswer === undefined ? {} : { onAnswer }),
    });
    if (!answers.ok) return answers;
    const refused = answers.value.find(({ sw }) => isErrorStatus(sw));
    return refused === undefined ? ok() : statusFault(what, refused.sw);
  };

  const entries = async <Entry>(
    part: RegistryPart,
    parse: (data: Uint8Array) => Result<readonly Entry[]>,
  ): Promise<Result<readonly Entry[]>> => {
    const parts: Uint8Array[] = [];
    // A card that always has more would never end: its registry has fewer entries than this.
    for (let round = 0; round < 256; round++) {
      const answer = await channel.send(getStatus(part, round > 0));
      if (!answer.ok) return answer;
      const { sw, data } = answer.value;
      if (sw === NO_ENTRIES) return parse(concatBytes(...parts));
      if (isErrorStatus(sw)) return statusFault('get-status', sw);
      parts.push(data);
      if (sw !== MORE_ENTRIES) return parse(concatBytes(...parts));
    }
    return fail('card-bad-answer', { what: 'get-status' });
  };

  const readPackages = async (): Promise<Result<readonly PackageEntry[]>> => {
    const withModules = await entries(registryPart.packagesAndModules, parsePackageEntries);
    // Small cards know packages only without their modules.
    return withModules.ok || !isRefusal(withModules.fault.code)
      ? withModules
      : entries(registryPart.packages, parsePackageEntries);
  };

  return {
    channel,
    async readContent() {
      const domain = await entries(registryPart.issuerDomain, parseDomainEntries);
      if (!domain.ok) return domain;
      const applications = await entries(registryPart.applications, parseApplicationEntries);
      if (!applications.ok) return applications;
      const packages = await readPackages();
      if (!packages.ok) return packages;
      const [only] = domain.value;
      return only === undefined
        ? fail('card-bad-answer', { what: 'get-status' })
        : ok({ domain: only, applications: applications.value, packages: packages.value });
    },
    delete: (aid, { related = false } = {}) => done('delete', deleteObject(aid, related), slowCommandMs),
    deleteKeys: (version) => done('delete-keys', deleteKeys(version)),
    async load(cap, { domainAid, hash, daps = [], onBlock } = {}) {
      const blocks = loadBlocks(loadFile(cap, daps), channel.maximumData);
      if (blocks.length > maximumBlocks) return fail('card-unsupported', { what: 'load-file-length' });
      const begun = await done(
        'install-for-load',
        installForLoad({
          packageAid: cap.packageAid,
          ...(domainAid === undefined ? {} : { domainAid }),
          ...(hash === undefined ? {} : { hash: loadFileHash(cap, hash) }),
        }),
      );
      return begun.ok ? allDone('load', blocks, onBlock) : begun;
    },
    install: (wanted) => done('install', installForInstall(wanted), slowCommandMs),
    async storeData(data, { format, applicationAid }) {
      const blocks = storeDataBlocks(data, format, channel.maximumData);
      if (blocks.length > maximumBlocks) return fail('bad-input', { field: 'store-data' });
      if (applicationAid !== undefined) {
        const aimed = await done('install-for-personalization', installForPersonalization(applicationAid));
        if (!aimed.ok) return aimed;
      }
      return allDone('store-data', blocks);
    },
    changeKeys: (request) => channel.changeKeys(request),
    // b8 locks and its absence unlocks; the other bits are not looked at (GPCS 2.3.1 11.10.2.2).
    lockApplication: (aid) => done('lock', setStatus(0x80, aid)),
    unlockApplication: (aid) => done('unlock', setStatus(0x00, aid)),
    setCardState: (state) => done('set-status', setStatus(cardStateByte[state])),
    close: () => channel.close(),
  };
};

const cardStateByte = { initialized: 0x07, secured: 0x0f, 'card-locked': 0x7f } as const;

/** Linking a package and running an install method take seconds on some cards. */
const slowCommandMs = 60_000;

const isRefusal = (code: string): boolean => code === 'card-status' || code === 'card-unsupported';

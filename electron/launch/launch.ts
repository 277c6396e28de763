import { join } from 'node:path';
import type { FramePort } from '../shared/contract/index.ts';
import { ok, type Result } from '../shared/result/index.ts';
import { settleStationCredentials } from '../station/bank/station-credentials.ts';
import { startStation, type StationHost } from '../station/index.ts';
import { startBankProcess } from './bank-process.ts';
import { startOperatorProcess } from './operator-process.ts';
import { findOutsideBank, readOutsideBank, type OutsideBank } from './outside-bank.ts';
import { readFile } from 'node:fs/promises';
import { pcscBindingOf } from './pcsc-binding-of.ts';
import { lockStation } from './single-station.ts';

export interface LaunchOptions {
  /** Everything this machine keeps: bank/, station/, devices/, receipts/, logs/. */
  readonly dataFolder: string;
  readonly host: StationHost;
  /** Built phone client to personalise: `dist/phone-client/client.html`. */
  readonly phoneClientFile: string;
  /** `resources/` of this program. */
  readonly resourcesFolder: string;
  readonly version: string;
  /** False: only the virtual devices of training. Default: the real ones beside them. */
  readonly realDevices?: boolean;
  /** Programs that run in processes of their own; bundles in Electron. */
  readonly programs: { readonly bank: URL; readonly devices: URL; readonly operator: URL };
  /** What a person at a terminal may want to know. */
  readonly tell: (line: string) => void;
}

export interface House {
  readonly bank: {
    readonly bankId: string;
    readonly apiOrigin: string;
    readonly portalOrigin: string;
    /** For customers with a card in their own reader. */
    readonly onlineOrigin: string | undefined;
    /** Where employees enter the seeds for the operator. */
    readonly seedOrigin: string | undefined;
  };
  /** The training operator's phone pages; absent when its platform did not start. */
  readonly phoneOrigin: string | undefined;
  readonly folders: HouseFolders;
  /** Joins a screen to the station; detach when its window is gone. */
  attach(port: FramePort, seat: 'officer' | 'customer'): { detach(): void };
  /** The station first, so that nothing it still has to say to the bank is lost. */
  stop(): Promise<void>;
}

export interface HouseFolders {
  readonly data: string;
  readonly bank: string;
  readonly station: string;
  readonly credentials: string;
  /** The training operator's: agreement, keys, employees' cards, its platform's data. */
  readonly operator: string;
  readonly receipts: string;
  readonly logs: string;
}

/** Brings up what both hosts share: the bank server in its own process, or the one elsewhere, then the station over it. */
export async function launch(options: LaunchOptions): Promise<Result<House>> {
  const folders = foldersIn(options.dataFolder);
  const lock = lockStation(folders.data);
  if (!lock.ok) return lock;

  const bank = await openBank(options, folders);
  if (!bank.ok) {
    lock.value.release();
    return bank;
  }
  const { bankId, apiOrigin, portalOrigin, onlineOrigin, seedOrigin, credentialsFolder, production } =
    bank.value;
  options.tell(`Bank server ready at ${apiOrigin}; customers log in at ${portalOrigin}.`);

  const pcscBinding = pcscBindingOf(process.env);
  if (pcscBinding.ignored !== undefined)
    options.tell(`CARDWRIGHT_PCSC knows no ${pcscBinding.ignored}: it is pcsclite, smartcard or automatic.`);

  const station = await startStation({
    dataFolder: folders.station,
    credentialsFolder,
    bankOrigin: apiOrigin,
    training: production === undefined,
    branch: production?.branch,
    host: options.host,
    deviceProgram: options.programs.devices,
    receiptFolder: folders.receipts,
    // Read anew for each card, so that a new build is on the next one.
    phoneClient: () => readFile(options.phoneClientFile, 'utf8'),
    resourcesFolder: options.resourcesFolder,
    version: options.version,
    realDevices: options.realDevices ?? true,
    pcscBinding: pcscBinding.choice,
  });
  if (!station.ok) {
    await bank.value.stop();
    lock.value.release();
    return station;
  }
  return ok({
    bank: { bankId, apiOrigin, portalOrigin, onlineOrigin, seedOrigin },
    phoneOrigin: bank.value.phoneOrigin,
    folders,
    attach: (port, seat) => station.value.attach(port, seat),
    async stop() {
      await station.value.stop();
      await bank.value.stop();
      lock.value.release();
    },
  });
}

interface OpenBank {
  readonly bankId: string;
  readonly apiOrigin: string;
  readonly portalOrigin: string;
  readonly onlineOrigin: string | undefined;
  readonly seedOrigin: string | undefined;
  readonly phoneOrigin: string | undefined;
  readonly credentialsFolder: string;
  readonly production: OutsideBank['production'];
  stop(): Promise<void>;
}

/** The bank that `bank.json` in the data folder names; without one, the training bank and its mobile operator. */
const openBank = async (options: LaunchOptions, folders: HouseFolders): Promise<Result<OpenBank>> => {
  const settings = readOutsideBank(folders.data);
  if (!settings.ok) return settings;
  if (settings.value === undefined) return startOwnBank(options, folders);
  const outside = await findOutsideBank(settings.value);
  if (!outside.ok) return outside;
  const nothing = { onlineOrigin: undefined, seedOrigin: undefined, phoneOrigin: undefined };
  return ok({ ...outside.value, ...nothing, stop: () => Promise.resolve() });
};

const startOwnBank = async (options: LaunchOptions, folders: HouseFolders): Promise<Result<OpenBank>> => {
  // The bank makes a station anew whose key and certificate do not belong together.
  settleStationCredentials(folders.credentials);
  const bank = await startBankProcess({
    program: options.programs.bank,
    dataFolder: folders.bank,
    stationFolder: folders.credentials,
    operatorFolder: folders.operator,
    resourcesFolder: options.resourcesFolder,
    logFile: join(folders.logs, 'bank.log'),
    onRestart: (attempt) => options.tell(`The bank server ended by itself; starting it again (${attempt}).`),
  });
  if (!bank.ok) return bank;
  // The station does not need it: without it only the operator's customers are not served.
  const operator = await startOperatorProcess({
    program: options.programs.operator,
    optionsFile: join(folders.operator, 'operator-options.json'),
    logFile: join(folders.logs, 'operator.log'),
  });
  if (operator.ok)
    options.tell(
      `Mobile operator ready at ${operator.value.phoneOrigin}; its seeds are entered at ${bank.value.seedOrigin ?? ''}.`,
    );
  else options.tell(`The mobile operator's platform did not start (${operator.fault.code}).`);
  const { bankId, apiOrigin, portalOrigin, onlineOrigin, seedOrigin } = bank.value;
  return ok({
    bankId,
    apiOrigin,
    portalOrigin,
    onlineOrigin,
    seedOrigin,
    phoneOrigin: operator.ok ? operator.value.phoneOrigin : undefined,
    credentialsFolder: folders.credentials,
    production: undefined,
    async stop() {
      if (operator.ok) await operator.value.stop();
      await bank.value.stop();
    },
  });
};

const foldersIn = (data: string): HouseFolders => ({
  data,
  bank: join(data, 'bank'),
  station: join(data, 'station'),
  credentials: join(data, 'credentials'),
  operator: join(data, 'operator'),
  receipts: join(data, 'receipts'),
  logs: join(data, 'logs'),
});

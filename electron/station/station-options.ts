import type { BindingChoice } from '../../native/drivers/index.ts';
import type { BatchPolicy } from '../shared/contract/index.ts';
import type { BankClient } from './bank/bank-client.ts';
import type { StationJournal } from './journal/sqlite-journal.ts';
import type { StationDevices } from './readers/station-devices.ts';
import type { StationHost } from './station-host.ts';

export interface StationOptions {
  /** Journal, audit log, officers; in training also the drawer of virtual media. */
  readonly dataFolder: string;
  /** `station.key.pem`, `station.cert.pem`, `bank-ca.pem`. */
  readonly credentialsFolder: string;
  /** Origin of the bank's API. */
  readonly bankOrigin: string;
  readonly training: boolean;
  readonly host: StationHost;
  /** Where receipts are printed to. */
  readonly receiptFolder: string;
  /** The phone client as built: the HTML template without a customer in it. */
  phoneClient(): Promise<string>;
  /** `resources/` of this program; beside the sources when absent. */
  readonly resourcesFolder?: string | undefined;
  readonly branch?: { readonly name: string; readonly nameLatin: string } | undefined;
  readonly version?: string | undefined;
  /** The device process as built; its source when absent. */
  readonly deviceProgram?: URL | undefined;
  /** Whether real readers and SD slots are used beside the virtual ones. Default: yes. */
  readonly realDevices?: boolean | undefined;
  /** Which package speaks PC/SC; the first that was built when absent. */
  readonly pcscBinding?: BindingChoice | undefined;
  /** For tests: drivers and a bank of their own, another clock, a journal that fails. */
  readonly devices?: StationDevices | undefined;
  readonly bank?: BankClient | undefined;
  readonly now?: (() => Date) | undefined;
  /** Stands between the runs and the journal on disk. */
  readonly wrapJournal?: ((journal: StationJournal) => StationJournal) | undefined;
  /** When all lanes of a batch stop and a person is asked; the rule of the house when absent. */
  readonly batchPolicy?: BatchPolicy | undefined;
  /** Whether officers sign in with their own card too. Default: required, in training optional. */
  readonly officerCards?: 'required' | 'optional' | undefined;
  /** How long an officer's card may be out before the window is locked, milliseconds. Default: 2,000. */
  readonly officerCardGraceMs?: number | undefined;
  /** How often the bank is asked about the card of each window that is open. Default: 60,000. */
  readonly cardCheckEveryMs?: number | undefined;
  readonly idleMs?: number | undefined;
  readonly bankCheckEveryMs?: number | undefined;
  /** How often new keys of the bank are looked for, and whether the station's own certificate is due. */
  readonly keysEveryMs?: number | undefined;
  /** How often the bank is given the hashes of new audit records. */
  readonly anchorEveryMs?: number | undefined;
  /** A defect: names of places and the error, for the program's own log. Default: a line on stderr. */
  readonly onBug?: ((where: string, error: unknown) => void) | undefined;
}

import type { Result } from '../../electron/shared/result/index.ts';

/**
 * What tells one medium from every other, also after a replug: never the device name.
 * `text` joins the parts (serial | CID | size | volume id) and is what the bank registers.
 */
export interface MediumIdentity {
  readonly text: string;
  readonly serial: string;
  readonly cid: string | undefined;
  readonly sizeBytes: number;
}

/** A slot that takes SD cards and what is in it. */
export interface MediaSlotState {
  /** Name of the slot, unique at one time. */
  readonly slot: string;
  readonly label: string;
  readonly virtual: boolean;
  readonly medium: MediumPresence | undefined;
}

export interface MediumPresence {
  readonly identity: MediumIdentity;
  readonly insertion: number;
  readonly fileSystem: 'fat32' | 'exfat' | 'other' | 'none';
  readonly sizeBytes: number;
  readonly freeBytes: number;
  readonly writeProtected: boolean;
  /** Reasons why this medium must not be written to (a system disk, a data disk…); empty: it may be offered. */
  readonly refusals: readonly string[];
}

export interface MediaDriver {
  slots(): readonly MediaSlotState[];
  onChange(listener: (slots: readonly MediaSlotState[]) => void): () => void;
  /** Faults: medium-unknown, no-medium, medium-swapped (another identity than expected), medium-system-disk, medium-unsupported. */
  open(slot: string, expected?: MediumIdentity, purpose?: OpenPurpose): Promise<Result<MediumVolume>>;
  stop(): Promise<void>;
}

/**
 * 'look': nothing is to be written, so the medium may be pulled at any moment and its file system does not show
 * it; a write is the fault medium-write-protected where the system can see to that. Default: 'write'.
 */
export type OpenPurpose = 'look' | 'write';

/**
 * The file system of one insertion of one medium. Paths are relative, with '/', and cannot leave the volume.
 * Faults of every call: medium-removed, medium-swapped, medium-io-error, device-process-lost;
 * of writes also medium-full, medium-write-protected.
 */
export interface MediumVolume {
  readonly slot: string;
  readonly identity: MediumIdentity;
  freeBytes(): Promise<Result<number>>;
  /** Relative paths of all files below a folder; an absent folder is empty. */
  list(folder: string): Promise<Result<readonly string[]>>;
  /** The file's bytes as the system has them now (possibly cached). Faults: medium-file-missing. */
  read(path: string): Promise<Result<Uint8Array>>;
  /**
   * Writes under the final name, makes folders as needed, and returns only when the medium has it (fsync).
   * 'with-next': it may wait for the next write's flush; whoever says so writes it again where that never came.
   */
  write(path: string, bytes: Uint8Array, flush?: FlushMoment): Promise<Result<void>>;
  /** Removes one file, and the folders this leaves empty; an absent file is fine. */
  remove(path: string): Promise<Result<void>>;
  /**
   * Drops every cache (remount), so that the next `read` of each file comes from the medium itself. From
   * here on a first read that the medium was not asked for is the fault medium-read-not-cold.
   */
  makeCold(): Promise<Result<void>>;
  /**
   * Whether the medium holds as much as it claims; takes a few seconds and leaves nothing on it. Absent
   * where it makes no sense (virtual media). Fault: medium-false-capacity.
   */
  checkCapacity?(): Promise<Result<CapacityVerdict>>;
  /** Told a few times a second how far the write or cold read under way is; short ones end before that. */
  onTransfer?(listener: (transfer: Transfer) => void): () => void;
  close(): Promise<void>;
}

/** How far one file is: bytes that the medium has taken or given, not those that wait in memory. */
export interface Transfer {
  readonly doing: 'writing' | 'reading';
  readonly path: string;
  readonly doneBytes: number;
  readonly ofBytes: number;
}

export type FlushMoment = 'now' | 'with-next';

export type CapacityVerdict =
  /** Proven up to so many bytes of what was free. */
  | { readonly kind: 'holds'; readonly reachBytes: number }
  | {
      readonly kind: 'not-checked';
      /** Much on it already; too small to be a fake; clusters cannot be taken unwritten; took too long. */
      readonly reason: 'in-use' | 'small' | 'file-system' | 'slow' | 'virtual';
    };

import type { Result } from '../../../electron/shared/result/index.ts';
import type { ReaderState } from '../card-driver.ts';
import type {
  CapacityVerdict,
  FlushMoment,
  MediaSlotState,
  MediumIdentity,
  OpenPurpose,
  Transfer,
} from '../media-driver.ts';
import type { BindingChoice } from '../pcsc/choose-binding.ts';
import type { PinChange, PinEntry } from '../pin-pad.ts';
import type { TrainingDevices } from '../training-devices.ts';

/** What the device process is to host; given as JSON in its first argument. */
export interface DeviceProcessOptions {
  /** Training mode: the folder of its drawer. Absent: no virtual devices. */
  readonly virtual?: { readonly folder: string } | undefined;
  /** Real readers, through pcscd. */
  readonly pcsc: boolean;
  /** Which package speaks to it; `automatic` when absent. */
  readonly pcscBinding?: BindingChoice | undefined;
  /** How often pcscd is asked whether it is alive, in milliseconds. */
  readonly pcscHeartbeatMs?: number | undefined;
  /** Real SD slots. */
  readonly media?: boolean;
}

/** How often the process says that it is alive, in milliseconds, whatever else it has to tell. */
export const signOfLifeMs = 1_000;

/** Everything that can be asked of the device process. Leases and volumes are numbers here. */
export interface DeviceCalls extends TrainingCalls {
  connect(reader: string, timeoutMs?: number): Promise<Result<LeaseDescription>>;
  transmit(lease: number, command: Uint8Array, timeoutMs?: number): Promise<Result<Uint8Array>>;
  /** Only where the lease says that there is a pad. */
  verifyAtPad(lease: number, entry: PinEntry): Promise<Result<Uint8Array>>;
  modifyAtPad(lease: number, entry: PinChange): Promise<Result<Uint8Array>>;
  powerCycle(lease: number): Promise<Result<void>>;
  closeLease(lease: number): Promise<Result<void>>;
  openVolume(
    slot: string,
    expected: MediumIdentity | undefined,
    purpose?: OpenPurpose,
  ): Promise<Result<VolumeDescription>>;
  freeBytes(volume: number): Promise<Result<number>>;
  listFiles(volume: number, folder: string): Promise<Result<readonly string[]>>;
  readFile(volume: number, path: string): Promise<Result<Uint8Array>>;
  writeFile(volume: number, path: string, bytes: Uint8Array, flush?: FlushMoment): Promise<Result<void>>;
  removeFile(volume: number, path: string): Promise<Result<void>>;
  makeCold(volume: number): Promise<Result<void>>;
  checkCapacity(volume: number): Promise<Result<CapacityVerdict>>;
  closeVolume(volume: number): Promise<Result<void>>;
}

/** The drawer's calls under names of their own. */
export interface TrainingCalls {
  trainingList: TrainingDevices['list'];
  trainingInsert: TrainingDevices['insert'];
  trainingRemove: TrainingDevices['remove'];
  trainingAdd: TrainingDevices['add'];
  trainingReset: TrainingDevices['reset'];
  trainingSetPull: TrainingDevices['setPull'];
  trainingSetOverride: TrainingDevices['setOverride'];
  trainingClearPlans: TrainingDevices['clearPlans'];
}

export type DeviceCallName = keyof DeviceCalls;
export type DeviceInput<Name extends DeviceCallName> = Parameters<DeviceCalls[Name]>;
export type DeviceOutput<Name extends DeviceCallName> = Awaited<ReturnType<DeviceCalls[Name]>>;

export interface LeaseDescription {
  readonly lease: number;
  readonly atr: Uint8Array;
  readonly insertion: number;
  readonly pad: 'none' | 'verify' | 'verify-and-modify';
}

export interface VolumeDescription {
  readonly volume: number;
  readonly identity: MediumIdentity;
}

/** What is plugged in and whether pcscd is there, as one picture. */
export interface DeviceLists {
  readonly readers: readonly ReaderState[];
  readonly slots: readonly MediaSlotState[];
  readonly pcsc: 'running' | 'absent';
}

/** From the station to the device process. Both ends run the same version, so shapes are not checked twice. */
export interface DeviceRequest {
  readonly id: number;
  readonly call: DeviceCallName;
  readonly input: readonly unknown[];
}

/** From the device process to the station. */
export type DeviceMessage =
  | { readonly kind: 'ready'; readonly lists: DeviceLists }
  | { readonly kind: 'lists'; readonly lists: DeviceLists }
  | { readonly kind: 'alive' }
  | { readonly kind: 'transfer'; readonly volume: number; readonly transfer: Transfer }
  | { readonly kind: 'answer'; readonly id: number; readonly result: Result<unknown> };

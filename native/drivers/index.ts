export type { PinChange, PinEntry, PinPad } from './pin-pad.ts';
export type { CardDriver, CardLink, CardPresence, ReaderState } from './card-driver.ts';
export type {
  MediaDriver,
  MediaSlotState,
  MediumIdentity,
  MediumPresence,
  MediumVolume,
  OpenPurpose,
  Transfer,
} from './media-driver.ts';
export type { BindingChoice } from './pcsc/choose-binding.ts';
export type { TrainingDevices, TrainingItem, TrainingKind, TrainingOverride } from './training-devices.ts';
export {
  startDeviceProcess,
  type DeviceCondition,
  type DeviceProcess,
  type StartDeviceProcessOptions,
} from './device-process/index.ts';

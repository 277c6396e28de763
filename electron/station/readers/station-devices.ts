import type { Result } from '../../shared/result/index.ts';
import type { CardDriver } from '../../../native/drivers/card-driver.ts';
import type { MediaDriver } from '../../../native/drivers/media-driver.ts';
import type { TrainingDevices } from '../../../native/drivers/training-devices.ts';

/** All hardware of the station, as the device process gives it; tests give drivers of their own. */
export interface StationDevices {
  readonly cards: CardDriver;
  readonly media: MediaDriver;
  /** Only in training mode. */
  readonly training: TrainingDevices | undefined;
  /** Absent: the devices live in this process. */
  condition?(): DevicesCondition;
  /** Ends the process and starts another. Fault: device-process-lost. */
  restart?(): Promise<Result<void>>;
  stop(): Promise<void>;
}

export interface DevicesCondition {
  readonly devices: 'running' | 'restarting';
  readonly pcsc: 'running' | 'absent' | 'restarting';
}

export {
  startDeviceProcess,
  type DeviceCondition,
  type DeviceProcess,
  type StartDeviceProcessOptions,
} from './start-device-process.ts';

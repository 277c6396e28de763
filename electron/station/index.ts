export { startStation, type Station } from './compose.ts';
export type { StationOptions } from './station-options.ts';
export type { StationHost } from './station-host.ts';
export type { Seat } from './seats.ts';
export type { StationDevices } from './readers/station-devices.ts';

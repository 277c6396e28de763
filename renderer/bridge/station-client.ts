import {
  connect,
  stationContract,
  type CallInput,
  type CallName,
  type CallOutput,
  type EventName,
  type EventPayload,
  type FramePort,
  type StationConnection,
  type StationContract,
} from '../../electron/shared/contract/index.ts';

export type StationCall = CallName<StationContract>;
export type StationInput<N extends StationCall> = CallInput<StationContract, N>;
export type StationOutput<N extends StationCall> = CallOutput<StationContract, N>;
export type StationEvent = EventName<StationContract>;
export type StationPayload<N extends StationEvent> = EventPayload<StationContract, N>;
export type StationClient = StationConnection<StationContract>;

export const connectStation = (port: FramePort): StationClient => connect(stationContract, port);

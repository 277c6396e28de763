export { portPair, type Frame, type FramePort } from './frame-port.ts';
export {
  call,
  event,
  type CallDefinition,
  type CallerRole,
  type CallInput,
  type CallName,
  type CallOutput,
  type ContractDefinition,
  type EventName,
  type EventPayload,
} from './define.ts';
export { serve, type Caller, type Handlers, type ServeOptions, type Serving } from './serve.ts';
export { connect, type Connection as StationConnection } from './connect.ts';
export * from './batch-view.ts';
export * from './station-contract.ts';

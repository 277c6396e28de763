export type {
  ChannelEndpoint,
  ChannelOpening,
  ChannelRequest,
  ExpectedKeys,
  SecureChannelKeys,
} from './channel-endpoint.ts';
export { keyAttemptsInMemory, type KeyAttempts } from './key-attempts.ts';
export { keyChangeState } from './key-change-state.ts';
export { parseKeyInformation, type KeyInformation } from './key-information.ts';
export { staticKeys, type NextKeys } from './local-endpoint.ts';
export { openSecureChannel, type SecureChannelRequest } from './open-secure-channel.ts';
export { secureChannelPipe, type SecureChannelPipe, type SendAllOptions } from './secure-channel-pipe.ts';
export { factoryKeySet, keySetFromBytes } from './static-keys.ts';
// The same words on both ends of a channel.
export {
  keyCheckValue,
  keyCheckValues,
  provesKeys,
  securityLevels,
  type ChannelKeySet,
  type KeyBytes,
  type KeyChange,
  type KeyChangeRequest,
  type OpeningExchange,
  type SecurityLevel,
} from '../../../../electron/shared/secure-channel/index.ts';

export type {
  ChannelEndpoint,
  ChannelOpening,
  ChannelRequest,
  ExpectedKeys,
  KeyChange,
  KeyChangeRequest,
  SecureChannelKeys,
} from './channel-endpoint.ts';
export { keyAttemptsInMemory, type KeyAttempts } from './key-attempts.ts';
export { keyChangeState } from './key-change-state.ts';
export { parseKeyInformation, type KeyInformation } from './key-information.ts';
export { keyCheckValue, keyCheckValues, type ChannelKeySet } from './key-set.ts';
export { staticKeys, type NextKeys } from './local-endpoint.ts';
export { provesKeys } from './proves-keys.ts';
export { openSecureChannel, type SecureChannelRequest } from './open-secure-channel.ts';
export {
  secureChannelPipe,
  type OpeningExchange,
  type SecureChannelPipe,
  type SendAllOptions,
} from './secure-channel-pipe.ts';
export { securityLevels, type SecurityLevel } from './security-level.ts';
export { factoryKeySet, keySetFromBytes, type KeyBytes } from './static-keys.ts';

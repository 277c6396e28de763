/*
 * GlobalPlatform secure channels, SCP02 and SCP03, on the side that holds the keys: the bank's key service, and
 * tests with keys in hand. The ciphers come from outside, so that the keys may sit in an HSM.
 */
export type { BlockCipher, CipherFromKey } from './block-cipher.ts';
export type { ChannelSession, SessionOpening, SessionRequest, SessionState } from './channel-session.ts';
export { cmac } from './cmac.ts';
export {
  initializeUpdate,
  parseInitializeUpdate,
  SIXTEEN_BYTES,
  type InitializeUpdateAnswer,
} from './initialize-update.ts';
export type { KeyBytes } from './key-bytes.ts';
export type { KeyChange, KeyChangeRequest } from './key-change.ts';
export { factoryKeyBytes, keyCheckValue, keyCheckValues, keySetOf, type ChannelKeySet } from './key-set.ts';
export type { OpeningExchange } from './opening-exchange.ts';
export { openSession } from './open-session.ts';
export { provesKeys } from './proves-keys.ts';
export { putKey } from './put-key.ts';
export { beginResponseSession, endResponseSession, protectionAfter } from './response-session.ts';
export {
  isConfidential,
  isErrorStatus,
  protectsAnswers,
  securityLevels,
  type SecurityLevel,
} from './security-level.ts';

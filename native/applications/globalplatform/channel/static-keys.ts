import {
  factoryKeyBytes,
  keySetOf,
  type ChannelKeySet,
  type KeyBytes,
} from '../../../../electron/shared/secure-channel/index.ts';
import { aesCipher, tripleDesCipher } from './node-ciphers.ts';

/** A key set from bytes: factory keys and tests. The bank's own keys stay in its key service. */
export const keySetFromBytes = (version: number, type: 'aes' | '3des', keys: KeyBytes): ChannelKeySet =>
  keySetOf(version, type, keys, type === 'aes' ? aesCipher : tripleDesCipher);

export const factoryKeySet = (type: 'aes' | '3des', version = 0): ChannelKeySet =>
  keySetFromBytes(version, type, factoryKeyBytes());

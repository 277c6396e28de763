import {
  factoryKeyBytes,
  keySetOf,
  type ChannelKeySet,
  type KeyBytes,
} from '../../shared/secure-channel/index.ts';
import { deriveKey } from '../ca/key-files.ts';
import { aesCipher, keyBytesOf, tripleDesCipher, type ManagementAlgorithm } from './block-cipher.ts';

/** Which secret a card has: the one every new card leaves the factory with, or its own. */
export type SecretVersion = 'factory' | 'diversified';
export type ChannelKeyType = 'aes' | '3des';

/**
 * The secrets of a card that are the bank's: PIV management key (9B), PUK, and the keys of its security domain.
 * They are made here when needed and leave this room only as answers and as commands to the card.
 */
export interface CardSecrets {
  managementKey(version: SecretVersion, algorithm: ManagementAlgorithm, mediumIdentity: string): Buffer;
  /** Eight digits. */
  puk(version: SecretVersion, mediumIdentity: string): string;
  channelKeys(version: SecretVersion, type: ChannelKeyType, mediumIdentity: string): KeyBytes;
  channelKeySet(version: SecretVersion, type: ChannelKeyType, mediumIdentity: string): ChannelKeySet;
}

/** Key version numbers (GPCS 2.3.1 table 11-17 and the makers' habit): FF are the keys a card is delivered with. */
export const FACTORY_KEY_VERSION = 0xff;
/** 20 to 2F for SCP02, 30 to 3F for SCP03. */
export const ownKeyVersion: Record<ChannelKeyType, number> = { '3des': 0x20, aes: 0x30 };

export const channelCiphers = { aes: aesCipher, '3des': tripleDesCipher } as const;

export const cardSecrets = (masterKey: Buffer): CardSecrets => {
  const derive = (purpose: string, mediumIdentity: string, bytes: number): Buffer =>
    deriveKey(masterKey, `cardwright|${purpose}|${mediumIdentity}`, bytes);

  const channelKeys: CardSecrets['channelKeys'] = (version, type, mediumIdentity) => {
    if (version === 'factory') return factoryKeyBytes();
    const key = (of: 'enc' | 'mac' | 'dek') => {
      const bytes = derive(`channel-${of}|v1|${type}`, mediumIdentity, 16);
      return new Uint8Array(type === '3des' ? withOddParity(bytes) : bytes);
    };
    return { enc: key('enc'), mac: key('mac'), dek: key('dek') };
  };

  return {
    managementKey(version, algorithm, mediumIdentity) {
      if (version === 'factory') return factoryManagementKey(algorithm);
      const key = derive(`piv-9b|v1|${algorithm}`, mediumIdentity, keyBytesOf(algorithm));
      return algorithm === '3des' ? withOddParity(key) : key;
    },
    puk(version, mediumIdentity) {
      if (version === 'factory') return FACTORY_PUK;
      // 64 bits down to eight digits: no digit is noticeably likelier than another.
      const drawn = derive('piv-puk|v1', mediumIdentity, 8).readBigUInt64BE() % 100_000_000n;
      const digits = String(drawn).padStart(8, '0');
      return digits === FACTORY_PUK ? '87654321' : digits;
    },
    channelKeys,
    channelKeySet: (version, type, mediumIdentity) =>
      keySetOf(
        version === 'factory' ? FACTORY_KEY_VERSION : ownKeyVersion[type],
        type,
        channelKeys(version, type, mediumIdentity),
        channelCiphers[type],
      ),
  };
};

/** What blank PIV cards come with; public. */
const FACTORY_PUK = '12345678';
export const FACTORY_PIN = '123456';

/** 01 02 … 08 again and again: the published default of PIV cards; it protects nothing. */
const factoryManagementKey = (algorithm: ManagementAlgorithm): Buffer =>
  Buffer.from(Array.from({ length: keyBytesOf(algorithm) }, (_, index) => (index % 8) + 1));

/** Some cards refuse a DES key without it. */
const withOddParity = (key: Buffer): Buffer =>
  Buffer.from(
    [...key].map((byte) => {
      const ones = (byte & 0xfe).toString(2).replaceAll('0', '').length;
      return (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
    }),
  );

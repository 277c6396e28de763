import { fail, ok, type Result } from '../../shared/result/index.ts';
import {
  factoryKeyBytes,
  keySetOf,
  type ChannelKeySet,
  type KeyBytes,
} from '../../shared/secure-channel/index.ts';
import { deriveKey } from '../ca/key-files.ts';
import { aesCipher, keyBytesOf, tripleDesCipher, type ManagementAlgorithm } from './block-cipher.ts';
import type { DerivationRules } from './derivation-rules.ts';
import { counterModeKey, kdf3Key, type DomainKeyName } from './diversification/counter-mode.ts';
import { emvKey } from './diversification/emv.ts';
import type { MasterKeys } from './master-keys.ts';
import { dataOf, identityData, type Origin, type SecretSource } from './origin.ts';

/** Which secret a card has: the one every new card leaves the factory with, or its own. */
export type SecretVersion = 'factory' | 'diversified';
export type ChannelKeyType = 'aes' | '3des';

/**
 * The secrets of a card that are the bank's: PIV management key (9B), PUK, and the keys of its security domain.
 * They are made here when needed, from a master key that may be in an HSM, and leave this room only as answers and
 * as commands to the card. Faults: bank-keys-damaged (its master key cannot be opened here).
 */
export interface CardSecrets {
  managementKey(source: SecretSource, algorithm: ManagementAlgorithm): Promise<Result<Buffer>>;
  /** Eight digits. */
  puk(source: SecretSource): Promise<Result<string>>;
  channelKeys(source: SecretSource, type: ChannelKeyType): Promise<Result<KeyBytes>>;
  channelKeySet(source: SecretSource, type: ChannelKeyType): Promise<Result<ChannelKeySet>>;
  /** What management key and PUK come from that are made now. Fault: bank-key-conflict. */
  newest(mediumIdentity: string): Promise<Result<Origin>>;
  /**
   * What the keys of a domain come from that are made now. `cardData`: what it tells in INITIALIZE UPDATE. Faults:
   * bank-key-conflict, card-unsupported {what: diversification-data} (it tells nothing of its own).
   */
  newestForDomain(domain: Domain): Promise<Result<Origin>>;
  /** What the keys come from that a domain has under this key version, where the book does not say it. */
  forDomainWith(keyVersion: number, domain: Domain): Promise<Origin | undefined>;
  /** Of a card that the book knows from before it wrote origins down. */
  first(mediumIdentity: string): Promise<Result<Origin>>;
  /** Another master key has taken over from the one that this comes from. */
  isOutdated(origin: Origin): Promise<boolean>;
}

export interface Domain {
  readonly type: ChannelKeyType;
  readonly mediumIdentity: string;
  readonly cardData: Uint8Array;
}

/** Key version numbers (GPCS 2.3.1 table 11-17 and the makers' habit): FF are the keys a card is delivered with. */
export const FACTORY_KEY_VERSION = 0xff;
/** 20 to 2F for SCP02, 30 to 3F for SCP03: the master key's version, so that the card tells it; after 16 from the start. */
export const ownKeyVersion = (type: ChannelKeyType, { version }: Pick<Origin, 'version'>): number =>
  firstKeyVersion[type] + ((version - 1) % 16);
const firstKeyVersion: Record<ChannelKeyType, number> = { '3des': 0x20, aes: 0x30 };

export const channelCiphers = { aes: aesCipher, '3des': tripleDesCipher } as const;

/** Whether such keys can be of a domain of this type at all. */
export const canBeOf = (type: ChannelKeyType, { method }: Origin): boolean => {
  if (method === 'kdf3') return type === 'aes';
  return method === 'emv' || method === 'visa2' ? type === '3des' : true;
};

export const cardSecrets = (masterKeys: MasterKeys, rules: DerivationRules): CardSecrets => {
  /** By HKDF or SP 800-108, for a purpose; `since`: how the purpose was written before there were versions. */
  const derive = async (
    origin: Origin,
    purpose: { readonly label: string; readonly since: string },
    bytes: number,
  ): Promise<Result<Buffer>> => {
    const master = await masterKeys.open(origin.version);
    if (!master.ok) return master;
    if (master.value.kind === 'hkdf') {
      const identity = Buffer.from(dataOf(origin)).toString('utf8');
      return ok(deriveKey(master.value.secret, `cardwright|${purpose.since}|${identity}`, bytes));
    }
    if (origin.method !== 'sp800-108')
      return fail('bank-keys-damaged', { file: 'origin', version: origin.version, method: origin.method });
    const { key } = master.value;
    return ok(Buffer.from(await counterModeKey(key, `cardwright|${purpose.label}`, dataOf(origin), bytes)));
  };

  const domainKey = async (
    origin: Origin,
    type: ChannelKeyType,
    name: DomainKeyName,
  ): Promise<Result<Uint8Array>> => {
    const bytes = origin.keyBytes ?? 16;
    if (origin.method === 'hkdf' || origin.method === 'sp800-108') {
      const purpose = { label: `channel-${name}|${type}`, since: `channel-${name}|v1|${type}` };
      return derive(origin, purpose, bytes);
    }
    const master = await masterKeys.open(origin.version);
    if (!master.ok) return master;
    if (master.value.kind === 'hkdf')
      return fail('bank-keys-damaged', { file: 'origin', version: origin.version, method: origin.method });
    const { key } = master.value;
    return ok(
      origin.method === 'kdf3'
        ? await kdf3Key(key, name, dataOf(origin), bytes)
        : await emvKey(key, origin.method, name, dataOf(origin)),
    );
  };

  const channelKeys: CardSecrets['channelKeys'] = async (source, type) => {
    if (source === 'factory') return ok(factoryKeyBytes());
    const made: Uint8Array[] = [];
    for (const name of ['enc', 'mac', 'dek'] as const) {
      const key = await domainKey(source, type, name);
      if (!key.ok) return key;
      made.push(new Uint8Array(type === '3des' ? withOddParity(key.value) : key.value));
    }
    const [enc = none, mac = none, dek = none] = made;
    return ok({ enc, mac, dek });
  };

  const ofIdentity = async (version: number, mediumIdentity: string): Promise<Result<Origin>> => {
    const master = await masterKeys.open(version);
    if (!master.ok) return master;
    const method = master.value.kind === 'hkdf' ? 'hkdf' : 'sp800-108';
    return ok({ version, method, data: identityData(mediumIdentity) });
  };

  const ofDomain = async (version: number, domain: Domain): Promise<Result<Origin>> => {
    const { type, mediumIdentity, cardData } = domain;
    const common = await ofIdentity(version, mediumIdentity);
    // The one secret from before there were versions knows one way only.
    if (!common.ok || common.value.method === 'hkdf') return common;
    const { method, data, keyBytes } = rules.ruleFor(type, cardData);
    // Cards that all tell the same would all have the same keys.
    if (data === 'card' && cardData.every((byte) => byte === cardData[0]))
      return fail('card-unsupported', { what: 'diversification-data' });
    return ok({
      version,
      method,
      data: data === 'card' ? Buffer.from(cardData).toString('hex') : identityData(mediumIdentity),
      ...(keyBytes !== undefined && { keyBytes }),
    });
  };

  const familyFor = ({ type, cardData }: Domain) => familyOfMethod(rules.ruleFor(type, cardData).method);

  return {
    async managementKey(source, algorithm) {
      if (source === 'factory') return ok(factoryManagementKey(algorithm));
      const purpose = { label: `piv-9b|${algorithm}`, since: `piv-9b|v1|${algorithm}` };
      const key = await derive(source, purpose, keyBytesOf(algorithm));
      return key.ok && algorithm === '3des' ? ok(withOddParity(key.value)) : key;
    },
    async puk(source) {
      if (source === 'factory') return ok(FACTORY_PUK);
      const drawn = await derive(source, { label: 'piv-puk', since: 'piv-puk|v1' }, 8);
      if (!drawn.ok) return drawn;
      // 64 bits down to eight digits: no digit is noticeably likelier than another.
      const digits = String(drawn.value.readBigUInt64BE() % 100_000_000n).padStart(8, '0');
      return ok(digits === FACTORY_PUK ? '87654321' : digits);
    },
    channelKeys,
    async channelKeySet(source, type) {
      const keys = await channelKeys(source, type);
      const version = source === 'factory' ? FACTORY_KEY_VERSION : ownKeyVersion(type, source);
      return keys.ok ? ok(keySetOf(version, type, keys.value, channelCiphers[type])) : keys;
    },
    async newest(mediumIdentity) {
      const version = await masterKeys.current('aes');
      return version.ok ? ofIdentity(version.value, mediumIdentity) : version;
    },
    async newestForDomain(domain) {
      const version = await masterKeys.current(familyFor(domain));
      return version.ok ? ofDomain(version.value, domain) : version;
    },
    async forDomainWith(keyVersion, domain) {
      const found = (await masterKeys.versions()).findLast(
        ({ version, family }) =>
          family === familyFor(domain) && ownKeyVersion(domain.type, { version }) === keyVersion,
      );
      const origin = found && (await ofDomain(found.version, domain));
      return origin?.ok ? origin.value : undefined;
    },
    first: (mediumIdentity) => ofIdentity(1, mediumIdentity),
    async isOutdated({ version, method }) {
      const current = await masterKeys.current(familyOfMethod(method));
      return current.ok && current.value !== version;
    },
  };
};

const familyOfMethod = (method: Origin['method']) =>
  method === 'emv' || method === 'visa2' ? '3des' : 'aes';

const none = new Uint8Array(0);

/** What blank PIV cards come with; public. */
const FACTORY_PUK = '12345678';
export const FACTORY_PIN = '123456';

/** 01 02 … 08 again and again: the published default of PIV cards; it protects nothing. */
const factoryManagementKey = (algorithm: ManagementAlgorithm): Buffer =>
  Buffer.from(Array.from({ length: keyBytesOf(algorithm) }, (_, index) => (index % 8) + 1));

/** Some cards refuse a DES key without it. */
const withOddParity = (key: Uint8Array): Buffer =>
  Buffer.from(
    [...key].map((byte) => {
      const ones = (byte & 0xfe).toString(2).replaceAll('0', '').length;
      return (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
    }),
  );

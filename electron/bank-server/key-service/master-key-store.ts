import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { KeyFiles } from '../ca/key-files.ts';
import type { Token } from '../ca/pkcs11/open-token.ts';
import {
  masterKeyBytes,
  masterKeyInMemory,
  type MasterKey,
  type MasterKeyAlgorithm,
} from './diversification/master-key.ts';

/** Where master keys are kept: in an HSM, or in the bank's encrypted files. Faults: bank-keys-damaged. */
export interface MasterKeyStore {
  readonly place: 'file' | 'token';
  nameOf(version: number): string;
  open(name: string, algorithm: MasterKeyAlgorithm): Result<MasterKey>;
  /** A random one; one that is there already, by a set-up that was cut off or by a ceremony, is taken when it is fit. */
  make(name: string, algorithm: MasterKeyAlgorithm): Result<MasterKey>;
  /** The one of these bytes; refused when another is there. */
  put(name: string, algorithm: MasterKeyAlgorithm, bytes: Uint8Array): Result<MasterKey>;
  /** One that the HSM's own ceremony made. Faults: bank-key-unfit, bank-key-conflict {reason: no-hsm}. */
  adopt(name: string): Result<MasterKey>;
}

export const masterKeysInFiles = (files: KeyFiles): MasterKeyStore => {
  const open: MasterKeyStore['open'] = (name, algorithm) => {
    const stored = files.storedSecret(name);
    if (!stored.ok) return stored;
    return stored.value?.length === masterKeyBytes[algorithm]
      ? ok(masterKeyInMemory(algorithm, stored.value))
      : fail('bank-keys-damaged', { file: `${name}.secret` });
  };
  const put: MasterKeyStore['put'] = (name, algorithm, bytes) => {
    const kept = files.keepSecret(name, bytes);
    return kept.ok ? open(name, algorithm) : kept;
  };
  return {
    place: 'file',
    nameOf: (version) => `card-master-${version}`,
    open,
    make(name, algorithm) {
      const stored = files.storedSecret(name);
      if (!stored.ok) return stored;
      return stored.value === undefined
        ? put(name, algorithm, randomBytes(masterKeyBytes[algorithm]))
        : open(name, algorithm);
    },
    put,
    adopt: () => fail('bank-key-conflict', { reason: 'no-hsm' }),
  };
};

export const masterKeysInToken = (token: Token): MasterKeyStore => ({
  place: 'token',
  nameOf: (version) => `cardwright-card-master-${version}`,
  open: (name, algorithm) => token.masterKey(name, algorithm),
  make(name, algorithm) {
    const found = token.masterKey(name, algorithm);
    if (found.ok) return token.foundMasterKey(name);
    return found.fault.data.reason === 'key' ? token.newMasterKey(name, algorithm) : found;
  },
  put: (name, algorithm, bytes) => token.newMasterKey(name, algorithm, bytes),
  adopt: (name) => token.foundMasterKey(name),
});

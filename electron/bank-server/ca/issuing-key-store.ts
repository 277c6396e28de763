import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { KeyFiles } from './key-files.ts';
import { tokenAlgorithms, type TokenAlgorithm } from './pkcs11/make-key-pair.ts';
import type { Token } from './pkcs11/open-token.ts';
import { signerOf, type Signer } from './signer.ts';

/** What a key that signs certificates may be, in an HSM as in a file. */
export const issuingAlgorithms = tokenAlgorithms;
export type IssuingAlgorithm = TokenAlgorithm;

/** Where the keys that sign certificates are made and kept. */
export interface IssuingKeyStore {
  /** Name of the bank's first key; those that take over from it are numbered. */
  readonly firstName: string;
  open(name: string): Result<Signer>;
  /** One that is there already, by a roll-over that was cut off or by a ceremony, is taken when it is fit. */
  make(name: string, algorithm: IssuingAlgorithm): Result<Signer>;
  /** One that the HSM's own ceremony made. Faults: bank-key-unfit, bank-key-conflict {reason: no-hsm}. */
  adopt(name: string): Result<Signer>;
}

/** `mayCreate`: the first key, at the bank's first start. */
export const issuingKeysInFiles = (files: KeyFiles): IssuingKeyStore => ({
  firstName: 'ca',
  open(name) {
    const key = files.privateKey(name);
    return key.ok ? ok(signerOf(key.value)) : key;
  },
  make(name, algorithm) {
    const key = files.newPrivateKey(name, algorithm);
    return key.ok ? ok(signerOf(key.value)) : key;
  },
  adopt: () => fail('bank-key-conflict', { reason: 'no-hsm' }),
});

export const issuingKeysInToken = (token: Token): IssuingKeyStore => ({
  firstName: 'cardwright-ca',
  open: (name) => token.signer(name),
  make(name, algorithm) {
    if (!token.signer(name).ok) return token.makeKey(name, algorithm);
    const found = token.foundSigner(name);
    if (!found.ok) return found;
    return kindOf(found.value) === algorithm
      ? found
      : fail('bank-keys-damaged', { file: 'pkcs11', reason: 'label-taken', label: name });
  },
  adopt: (name) => token.foundSigner(name),
});

const kindOf = ({ publicKey }: Signer): IssuingAlgorithm => {
  const { namedCurve, modulusLength } = publicKey.asymmetricKeyDetails ?? {};
  if (publicKey.asymmetricKeyType === 'ec') return namedCurve === 'secp384r1' ? 'p-384' : 'p-256';
  return modulusLength === 2048 ? 'rsa-2048' : 'rsa-3072';
};

import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  scryptSync,
  type KeyObject,
} from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { TokenAlgorithm } from './pkcs11/make-key-pair.ts';
import { writeDurably } from './write-durably.ts';

/**
 * The bank's keys in a folder of their own: private keys as encrypted PKCS#8 (PBES2), other secrets
 * under AES-256-GCM. The passphrase stands beside them in a file of mode 0600: enough for training;
 * production keeps its keys in an HSM.
 */
export interface KeyFiles {
  /** The P-256 key of this name, made the first time. */
  privateKey(name: string): Result<KeyObject>;
  /** Makes the key of this name, also in a bank that is set up; the one that is there where there is one. */
  newPrivateKey(name: string, algorithm: TokenAlgorithm): Result<KeyObject>;
  /** 32 secret bytes of this name, made the first time. */
  secret(name: string): Result<Buffer>;
  /** The secret of this name where there is one, never a new one. */
  storedSecret(name: string): Result<Buffer | undefined>;
  /** Keeps these bytes under this name, also in a bank that is set up. Refused when others are there. */
  keepSecret(name: string, bytes: Uint8Array): Result<void>;
  forgetSecret(name: string): void;
}

/** `mayCreate`: false once the bank is set up; a key that is missing then is lost, not new. */
export const openKeyFiles = (folder: string, mayCreate: boolean): Result<KeyFiles> => {
  const damaged = (name: string) => fail('bank-keys-damaged', { file: name });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);

  const passphraseFile = join(folder, 'passphrase');
  if (!existsSync(passphraseFile)) {
    if (!mayCreate) return damaged('passphrase');
    writeDurably(passphraseFile, `${randomBytes(24).toString('base64url')}\n`, 0o600);
  }
  const passphrase = readFileSync(passphraseFile, 'utf8').trim();
  if (passphrase.length < 16) return damaged('passphrase');

  const newPrivateKey: KeyFiles['newPrivateKey'] = (name, algorithm) => {
    const file = join(folder, `${name}.key.pem`);
    if (existsSync(file)) return read(name);
    const privateKey = generated(algorithm);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
    writeDurably(file, pem, 0o600);
    return ok(privateKey);
  };
  const read = (name: string): Result<KeyObject> => {
    try {
      const key = readFileSync(join(folder, `${name}.key.pem`));
      return ok(createPrivateKey({ key, format: 'pem', passphrase }));
    } catch {
      return damaged(`${name}.key.pem`); // what the decoder said may hold parts of the file
    }
  };
  const secretFile = (name: string): string => join(folder, `${name}.secret`);
  const storedSecret: KeyFiles['storedSecret'] = (name) => {
    if (!existsSync(secretFile(name))) return ok(undefined);
    const secret = unseal(readFileSync(secretFile(name)), name, passphrase);
    return secret === undefined ? damaged(`${name}.secret`) : ok(secret);
  };
  return ok({
    privateKey: (name) => (mayCreate ? newPrivateKey(name, 'p-256') : read(name)),
    newPrivateKey,
    secret(name) {
      const stored = storedSecret(name);
      if (!stored.ok || stored.value !== undefined) return stored as Result<Buffer>;
      if (!mayCreate) return damaged(`${name}.secret`);
      const secret = randomBytes(32);
      writeDurably(secretFile(name), seal(secret, name, passphrase), 0o600);
      return ok(secret);
    },
    storedSecret,
    keepSecret(name, bytes) {
      const stored = storedSecret(name);
      if (!stored.ok) return stored;
      if (stored.value !== undefined)
        return stored.value.equals(bytes)
          ? ok()
          : fail('bank-keys-damaged', { file: `${name}.secret`, reason: 'label-taken' });
      writeDurably(secretFile(name), seal(Buffer.from(bytes), name, passphrase), 0o600);
      return ok();
    },
    forgetSecret(name) {
      rmSync(secretFile(name), { force: true });
    },
  });
};

const generated = (algorithm: TokenAlgorithm): KeyObject => {
  switch (algorithm) {
    case 'p-256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case 'p-384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    case 'rsa-2048':
      return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    case 'rsa-3072':
      return generateKeyPairSync('rsa', { modulusLength: 3072 }).privateKey;
  }
};

// salt (16) | nonce (12) | tag (16) | ciphertext; the name is authenticated, so files cannot be swapped
const seal = (secret: Buffer, name: string, passphrase: string): Buffer => {
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const cipher = createCipheriv('aes-256-gcm', wrappingKey(passphrase, salt), nonce);
  cipher.setAAD(Buffer.from(name));
  const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), ciphertext]);
};

const unseal = (sealed: Buffer, name: string, passphrase: string): Buffer | undefined => {
  try {
    const key = wrappingKey(passphrase, sealed.subarray(0, 16));
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(16, 28), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(sealed.subarray(28, 44));
    return Buffer.concat([decipher.update(sealed.subarray(44)), decipher.final()]);
  } catch {
    return undefined;
  }
};

const wrappingKey = (passphrase: string, salt: Buffer): Buffer =>
  scryptSync(passphrase, salt, 32, { N: 16_384, r: 8, p: 1 });

/** A key for one purpose out of a secret. */
export const deriveKey = (secret: Buffer, purpose: string, bytes = 32): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), purpose, bytes));

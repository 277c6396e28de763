import graphene from 'graphene-pk11';
import {
  masterKeyBytes,
  type MasterKey,
  type MasterKeyAlgorithm,
} from '../../key-service/diversification/master-key.ts';
import type { SessionPool } from './session-pool.ts';
import { signOnce } from './token-signer.ts';

/** A master key on a token: what is derived from it is computed there (CKM_AES_CMAC, CKM_AES_ECB, CKM_DES3_ECB). */
export const tokenMasterKey = (
  sessions: SessionPool,
  key: graphene.Key,
  algorithm: MasterKeyAlgorithm,
): MasterKey => ({
  algorithm,
  cmac: (message) =>
    sessions.use(
      async (session) => new Uint8Array(await signOnce(session, 'AES_CMAC', key, Buffer.from(message))),
    ),
  encrypt: (blocks) =>
    sessions.use(
      async (session) => new Uint8Array(await encryptOnce(session, algorithm, key, Buffer.from(blocks))),
    ),
});

const encryptOnce = (
  session: graphene.Session,
  algorithm: MasterKeyAlgorithm,
  key: graphene.Key,
  blocks: Buffer,
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const mechanism = algorithm === '3des' ? 'DES3_ECB' : 'AES_ECB';
    session
      .createCipher(mechanism, key)
      .once(blocks, Buffer.alloc(blocks.length), (error: Error | null, encrypted) => {
        if (error) reject(error);
        else resolve(encrypted);
      });
  });

export const makeSecretKey = (
  session: graphene.Session,
  label: string,
  algorithm: MasterKeyAlgorithm,
): void => {
  // A key of two DES keys has its length by its kind.
  if (algorithm === '3des') session.generateKey(graphene.KeyGenMechanism.DES2, shut(session, label));
  else
    session.generateKey(graphene.KeyGenMechanism.AES, {
      ...shut(session, label),
      valueLen: masterKeyBytes[algorithm],
    });
};

/** Bytes that were made elsewhere; from now on the token keeps them to itself. */
export const keepSecretKey = (
  session: graphene.Session,
  label: string,
  algorithm: MasterKeyAlgorithm,
  bytes: Uint8Array,
): void => {
  const value = Buffer.from(bytes);
  try {
    session.create({
      ...shut(session, label),
      class: graphene.ObjectClass.SECRET_KEY,
      keyType: algorithm === '3des' ? graphene.KeyType.DES2 : graphene.KeyType.AES,
      value,
    });
  } finally {
    value.fill(0);
  }
};

/** For what is derived from it and for nothing else, and for no eyes. */
const shut = (session: graphene.Session, label: string): graphene.ITemplate => ({
  token: true,
  private: true,
  sensitive: true,
  extractable: false,
  sign: true,
  encrypt: true,
  verify: false,
  decrypt: false,
  wrap: false,
  unwrap: false,
  derive: false,
  label,
  id: session.generateRandom(16),
});

export const isReadable = (key: graphene.Key): boolean => {
  const { sensitive, extractable } = key.getAttribute({ sensitive: null, extractable: null });
  return sensitive !== true || extractable !== false;
};

/** Undefined: a kind of key that nothing here derives from. */
export const algorithmOf = (key: graphene.Key): MasterKeyAlgorithm | undefined => {
  if (key.type === graphene.KeyType.DES2) return '3des';
  if (key.type !== graphene.KeyType.AES) return undefined;
  const { valueLen } = key.getAttribute({ valueLen: null });
  return (['aes-128', 'aes-192', 'aes-256'] as const).find((each) => masterKeyBytes[each] === valueLen);
};

import type graphene from 'graphene-pk11';
import { createHash, type KeyObject } from 'node:crypto';
import { signatureWith, type Signer } from '../signer.ts';
import type { SessionPool } from './session-pool.ts';

/** A signer whose private key is on a token. */
export const tokenSigner = (
  sessions: SessionPool,
  privateKey: graphene.Key,
  publicKey: KeyObject,
): Signer => {
  const { algorithm, hash } = signatureWith(publicKey);
  const isElliptic = publicKey.asymmetricKeyType === 'ec';
  return {
    algorithm,
    publicKey,
    sign: (bytes) =>
      sessions.use(async (session) =>
        isElliptic
          ? derSignature(
              await signOnce(session, 'ECDSA', privateKey, createHash(hash).update(bytes).digest()),
            )
          : await signOnce(session, 'SHA256_RSA_PKCS', privateKey, Buffer.from(bytes)),
      ),
  };
};

export const signOnce = (
  session: graphene.Session,
  mechanism: string,
  key: graphene.Key,
  data: Buffer,
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    session.createSign(mechanism, key).once(data, (error: Error | null, signature) => {
      if (error) reject(error);
      else resolve(signature);
    });
  });

/** r | s as PKCS#11 gives them, to the SEQUENCE of two INTEGERs of X9.62. */
const derSignature = (signature: Buffer): Buffer => {
  const half = signature.length / 2;
  const content = Buffer.concat([integer(signature.subarray(0, half)), integer(signature.subarray(half))]);
  return Buffer.concat([Buffer.of(0x30, content.length), content]);
};

const integer = (bytes: Buffer): Buffer => {
  const first = bytes.findIndex((byte) => byte !== 0);
  const value = first < 0 ? Buffer.of(0) : bytes.subarray(first);
  const padded = value.readUInt8(0) < 0x80 ? value : Buffer.concat([Buffer.of(0), value]);
  return Buffer.concat([Buffer.of(0x02, padded.length), padded]);
};

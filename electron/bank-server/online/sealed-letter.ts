import {
  constants,
  createCipheriv,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  publicEncrypt,
  randomBytes,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { letterInfo } from '../../shared/online-api/index.ts';

/**
 * Seals bytes to the key on a card, which opens them with its command for deciphering (RSA) or key agreement
 * (EC): a content key of 32 bytes under RSA-OAEP with SHA-256, or from ECDH and HKDF; then AES-256-GCM.
 */
export const sealLetter = (
  bankId: string,
  cardId: string,
  certificate: Uint8Array,
  text: string,
): { readonly key: string; readonly box: string } => {
  const { publicKey } = new X509Certificate(certificate);
  const { contentKey, sent } =
    publicKey.asymmetricKeyType === 'rsa'
      ? wrapped(publicKey)
      : agreed(publicKey, letterInfo(bankId, cardId));
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', contentKey, nonce);
  const box = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { key: sent.toString('base64'), box: box.toString('base64') };
};

interface ContentKey {
  readonly contentKey: Buffer;
  readonly sent: Buffer;
}

const wrapped = (publicKey: KeyObject): ContentKey => {
  const contentKey = randomBytes(32);
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return { contentKey, sent: publicEncrypt({ key: publicKey, padding, oaepHash: 'sha256' }, contentKey) };
};

const agreed = (publicKey: KeyObject, info: string): ContentKey => {
  const namedCurve = publicKey.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'P-384' : 'P-256';
  const ephemeral = generateKeyPairSync('ec', { namedCurve });
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey });
  const spki = ephemeral.publicKey.export({ format: 'der', type: 'spki' });
  return {
    contentKey: Buffer.from(hkdfSync('sha256', shared, Buffer.alloc(0), info, 32)),
    // The uncompressed point is what the SPKI ends with.
    sent: spki.subarray(namedCurve === 'P-384' ? -97 : -65),
  };
};

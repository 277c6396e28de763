import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import {
  envelopeAad,
  envelopeInfo,
  type SealedSecret,
  type SecretPurpose,
} from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';

/** Opens what customers sealed to the bank on their own screen or PIN pad (HPKE base mode, RFC 9180). */
export interface Envelopes {
  readonly keyId: string;
  /** base64 of the uncompressed P-256 point. */
  readonly publicKey: string;
  /** The secret as text (UTF-8). */
  open(sealed: SealedSecret, purpose: SecretPurpose, customerId: string): Promise<Result<string>>;
}

export const openEnvelopes = async (privateKey: KeyObject): Promise<Envelopes> => {
  const suite = new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes128Gcm(),
  });
  // RFC 9180, 7.1.1: public keys travel as the uncompressed point, the last 65 bytes of the SPKI
  const point = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-65);
  const keyId = createHash('sha256').update(point).digest('hex').slice(0, 16);
  const recipientKey = await crypto.subtle.importKey(
    'pkcs8',
    new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
    { name: 'ECDH', namedCurve: 'P-256' },
    true, // the KEM derives its own public key from it
    ['deriveBits'],
  );
  const encoder = new TextEncoder();
  return {
    keyId,
    publicKey: point.toString('base64'),
    async open(sealed, purpose, customerId) {
      if (sealed.keyId !== keyId) return fail('envelope-unreadable', { reason: 'key' });
      try {
        const context = await suite.createRecipientContext({
          recipientKey,
          enc: bytesOf(sealed.enc),
          info: encoder.encode(envelopeInfo),
        });
        const opened = await context.open(
          bytesOf(sealed.ciphertext),
          encoder.encode(envelopeAad(purpose, customerId)),
        );
        return ok(new TextDecoder('utf-8', { fatal: true }).decode(opened));
      } catch {
        return fail('envelope-unreadable', { reason: 'content' });
      }
    },
  };
};

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(base64, 'base64'));

import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import {
  envelopeAad,
  envelopeInfo,
  type SealedSecret,
  type SecretPurpose,
} from '../../electron/shared/bank-api/index.ts';

/** Seals what a customer types, as their own screen does. */
export const sealSecret = async (
  envelopeKey: { keyId: string; publicKey: string },
  purpose: SecretPurpose,
  customerId: string,
  secret: string,
): Promise<SealedSecret> => {
  const kem = new DhkemP256HkdfSha256();
  const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes128Gcm() });
  const point = Buffer.from(envelopeKey.publicKey, 'base64');
  const recipientPublicKey = await kem.deserializePublicKey(new Uint8Array(point));
  const sender = await suite.createSenderContext({
    recipientPublicKey,
    info: new TextEncoder().encode(envelopeInfo),
  });
  const ciphertext = await sender.seal(
    new TextEncoder().encode(secret),
    new TextEncoder().encode(envelopeAad(purpose, customerId)),
  );
  return {
    keyId: envelopeKey.keyId,
    enc: Buffer.from(sender.enc).toString('base64'),
    ciphertext: Buffer.from(ciphertext).toString('base64'),
  };
};

import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import {
  envelopeAad,
  envelopeInfo,
  type SealedSecret,
  type SecretPurpose,
} from '../../electron/shared/bank-api/index.ts';

export interface EnvelopeKey {
  readonly keyId: string;
  /** base64 of the uncompressed P-256 point. */
  readonly publicKey: string;
}

/**
 * Seals what the customer typed to the bank, on this screen: HPKE (RFC 9180) base mode,
 * DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-128-GCM. Purpose and customer are bound to it.
 * Throws if the bank's key is not a point of the curve.
 */
export async function sealSecret(
  secret: string,
  purpose: SecretPurpose,
  customerId: string,
  key: EnvelopeKey,
): Promise<SealedSecret> {
  const suite = new CipherSuite({
    kem: new DhkemP256HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes128Gcm(),
  });
  const recipientPublicKey = await suite.kem.deserializePublicKey(buffer(fromBase64(key.publicKey)));
  const sender = await suite.createSenderContext({
    recipientPublicKey,
    info: buffer(new TextEncoder().encode(envelopeInfo)),
  });
  const plain = new TextEncoder().encode(secret);
  const ciphertext = await sender.seal(
    buffer(plain),
    buffer(new TextEncoder().encode(envelopeAad(purpose, customerId))),
  );
  plain.fill(0);
  return { keyId: key.keyId, enc: toBase64(sender.enc), ciphertext: toBase64(ciphertext) };
}

function buffer(bytes: Uint8Array<ArrayBuffer>): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function toBase64(bytes: ArrayBuffer | Uint8Array): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

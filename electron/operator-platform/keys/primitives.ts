import { createCipheriv, createDecipheriv, createHmac, randomBytes, type webcrypto } from 'node:crypto';
import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256, type AeadInterface } from '@hpke/core';
import type { Hpke, OperatorPrimitives } from '../../shared/codec/operator-keys/index.ts';
import { utf8 } from '../../shared/codec/index.ts';

/*
 * The same file stands in bank-server/operator and in operator-platform/keys: the two programs never
 * import each other, and `shared` has no crypto of its own.
 */

/** The primitives of this program for the operator's keys. */
export const nodePrimitives = (): OperatorPrimitives => ({
  hmac: (algorithm, key, message) => createHmac(algorithm, key).update(message).digest(),
  random: (length) => randomBytes(length),
  seal(key, nonce, plaintext, aad) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    cipher.setAAD(aad);
    return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
  },
  open(key, nonce, sealed, aad) {
    if (sealed.length < 16) return undefined;
    try {
      const cipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
      cipher.setAAD(aad);
      cipher.setAuthTag(sealed.slice(-16));
      return Buffer.concat([cipher.update(sealed.slice(0, -16)), cipher.final()]);
    } catch {
      return undefined; // not sealed with this key, nonce and header
    }
  },
  hpke: openHpke(new Aes256Gcm(), 'cardwright/operator-keys/v1'),
});

/** HPKE in PSK mode; AEAD and psk_id are open so that the public vectors can be run. */
export const openHpke = (aead: AeadInterface, pskId: string): Hpke => {
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead });
  const schedule = (info: Uint8Array, psk: Uint8Array) => ({ info, psk: { id: utf8(pskId), key: psk } });
  return {
    async keyPair(material) {
      // The library's types say CryptoKey as browsers declare it; Node's own is the same object.
      const pair = (await suite.kem.deriveKeyPair(material)) as webcrypto.CryptoKeyPair;
      return {
        publicKey: new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)),
        privateKey: new Uint8Array(await suite.kem.serializePrivateKey(pair.privateKey)),
      };
    },
    async send(publicKey, info, psk) {
      const context = await suite.createSenderContext({
        recipientPublicKey: (await suite.kem.deserializePublicKey(publicKey)) as webcrypto.CryptoKey,
        ...schedule(info, psk),
      });
      return {
        enc: new Uint8Array(context.enc),
        seal: async (aad, plaintext) => new Uint8Array(await context.seal(plaintext, aad)),
        export: async (label, length) => new Uint8Array(await context.export(label, length)),
      };
    },
    async receive(privateKey, enc, info, psk) {
      const recipientKey = (await suite.kem.deserializePrivateKey(privateKey)) as webcrypto.CryptoKey;
      try {
        const context = await suite.createRecipientContext({ recipientKey, enc, ...schedule(info, psk) });
        return {
          async open(aad, sealed) {
            try {
              return new Uint8Array(await context.open(sealed, aad));
            } catch {
              return undefined;
            }
          },
          export: async (label, length) => new Uint8Array(await context.export(label, length)),
        };
      } catch {
        return undefined; // enc is no point of the curve
      }
    },
  };
};

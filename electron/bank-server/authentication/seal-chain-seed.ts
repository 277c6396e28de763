import { createCipheriv, createECDH, createHash, createHmac, X509Certificate } from 'node:crypto';
import { hkdfSha256 } from '../../shared/codec/hkdf/index.ts';
import { concatBytes } from '../../shared/codec/index.ts';
import { seedInfo, type ChainSeed } from '../../shared/codec/otp-chain/index.ts';

/**
 * The seed of a chain, sealed to the key in the card's certificate as chain-seed.ts describes.
 *
 * @param certificate DER
 * @returns undefined for a key that is not on P-256
 */
export const sealChainSeed = async (seed: ChainSeed, certificate: Buffer): Promise<Buffer | undefined> => {
  const { publicKey } = new X509Certificate(certificate);
  if (publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return undefined;
  // The uncompressed point is the end of the key's DER.
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);
  const ephemeral = createECDH('prime256v1');
  const ephemeralPoint = ephemeral.generateKeys();
  const derived = await hkdfSha256(
    (algorithm, key, message) => createHmac(algorithm, key).update(message).digest(),
    {
      secret: ephemeral.computeSecret(point),
      salt: createHash('sha256').update(certificate).digest(),
      info: concatBytes(seedInfo, ephemeralPoint),
      length: 44,
    },
  );
  const cipher = createCipheriv('aes-256-gcm', derived.slice(0, 32), derived.slice(32), {
    authTagLength: 16,
  });
  return Buffer.concat([
    ephemeralPoint,
    cipher.update(JSON.stringify(seed), 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
};

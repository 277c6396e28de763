import { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

/** A key that signs for the bank: in an encrypted file here, in an HSM elsewhere. */
export interface Signer {
  /** What goes into `signatureAlgorithm`. */
  readonly algorithm: AlgorithmIdentifier;
  readonly publicKey: KeyObject;
  /** Signature over the bytes with the hash of `algorithm`; ECDSA as DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

const signBytes = promisify(sign);

export const signerOf = (privateKey: KeyObject): Signer => {
  const publicKey = createPublicKey(privateKey);
  const { algorithm, hash } = signatureWith(publicKey);
  // P-256 is signed sooner than it is handed to another thread; everything else would keep all others waiting.
  return isQuick(publicKey)
    ? { algorithm, publicKey, sign: async (bytes) => sign(hash, bytes, privateKey) }
    : { algorithm, publicKey, sign: async (bytes) => signBytes(hash, bytes, privateKey) };
};

const isQuick = ({ asymmetricKeyDetails: details }: KeyObject): boolean =>
  details?.namedCurve === 'prime256v1';

export interface SignatureKind {
  readonly algorithm: AlgorithmIdentifier;
  readonly hash: 'sha256' | 'sha384';
}

/** How a key signs: ECDSA with the hash of the curve's strength, RSA with SHA-256 (PKCS#1 v1.5). */
export const signatureWith = (publicKey: KeyObject): SignatureKind => {
  if (publicKey.asymmetricKeyType !== 'ec')
    return {
      algorithm: new AlgorithmIdentifier({ algorithm: '1.2.840.113549.1.1.11', parameters: null }), // sha256WithRSA
      hash: 'sha256',
    };
  // RFC 5758, 3.2: no parameters
  return publicKey.asymmetricKeyDetails?.namedCurve === 'secp384r1'
    ? { algorithm: new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.3' }), hash: 'sha384' }
    : { algorithm: new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' }), hash: 'sha256' };
};

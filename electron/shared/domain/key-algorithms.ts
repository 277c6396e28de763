import type { KeyAlgorithm } from './medium.ts';

/**
 * Everything that has to name the algorithm of a card's key finds the names here: bank, station, phone client.
 * A bank with another algorithm (S4: A1/B1, A2/B2, A3/B3) adds an entry, and whoever signs or verifies adds
 * its provider; the compiler then shows every place that does not know it yet. Of SM2 the provider is there
 * (`codec/sm2`), the entry is not: certificates and requests with SM2 keys have no maker and no reader here yet.
 */
export interface AlgorithmNames {
  readonly family: 'ec' | 'rsa';
  /** As WebCrypto and node:crypto call it; undefined for RSA. */
  readonly curve: 'P-256' | 'P-384' | undefined;
  /** What the key signs: as strong as its curve. */
  readonly hash: 'SHA-256' | 'SHA-384';
  /** AlgorithmIdentifier of the SubjectPublicKeyInfo, hex of the OIDs' content. */
  readonly keyOid: string;
  readonly curveOid: string | undefined;
  /** Of a signature as a phone sends it: r | s (IEEE P1363), or PKCS#1 v1.5. */
  readonly signatureBytes: number;
}

const ecPublicKey = '2a8648ce3d0201';

export const algorithmNames: Readonly<Record<KeyAlgorithm, AlgorithmNames>> = {
  'p-256': {
    family: 'ec',
    curve: 'P-256',
    hash: 'SHA-256',
    keyOid: ecPublicKey,
    curveOid: '2a8648ce3d030107',
    signatureBytes: 64,
  },
  'p-384': {
    family: 'ec',
    curve: 'P-384',
    hash: 'SHA-384',
    keyOid: ecPublicKey,
    curveOid: '2b81040022',
    signatureBytes: 96,
  },
  'rsa-2048': {
    family: 'rsa',
    curve: undefined,
    hash: 'SHA-256',
    keyOid: '2a864886f70d010101',
    curveOid: undefined,
    signatureBytes: 256,
  },
};

/**
 * The algorithm behind the OIDs of a key. `undefined`: none of ours, to be refused by name and never guessed.
 * @param keyOid hex. @param parametersOid hex; undefined where the parameters are no OID (RSA: NULL).
 */
export const algorithmOfKey = (
  keyOid: string,
  parametersOid: string | undefined,
): KeyAlgorithm | undefined => {
  const all = Object.keys(algorithmNames) as KeyAlgorithm[]; // the keys of the table itself
  return all.find((each) => {
    const names = algorithmNames[each];
    return names.keyOid === keyOid && names.curveOid === parametersOid;
  });
};

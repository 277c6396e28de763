import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate, type SubjectPublicKeyInfo } from '@peculiar/asn1-x509';
import { createPublicKey, verify } from 'node:crypto';
import { algorithmOfKey, algorithmNames, type KeyAlgorithm } from '../../shared/domain/index.ts';

/** How an ECDSA signature is written: r | s as browsers make it (IEEE P1363), or DER as cards do. Of RSA there is one form. */
export type SignatureForm = 'p1363' | 'der';

/** Checks signatures of one algorithm; SubjectPublicKeyInfo in DER. May throw on bytes that are none. */
export type SignatureProvider = (
  spki: Buffer,
  message: Buffer,
  signature: Buffer,
  form: SignatureForm,
) => boolean;

/** One for each algorithm that a bank's cards may have (S4); one that the platform lacks brings its own. */
const providers: Readonly<Record<KeyAlgorithm, SignatureProvider>> = {
  'p-256': (spki, ...signed) => ofPlatform('p-256', spki, ...signed),
  'p-384': (spki, ...signed) => ofPlatform('p-384', spki, ...signed),
  'rsa-2048': (spki, ...signed) => ofPlatform('rsa-2048', spki, ...signed),
};

/**
 * Whether the key in a card's certificate signed exactly this, under its algorithm.
 * An algorithm that is not in the table and bytes that are no signature are no too.
 * @param certificate DER. @param message signed as UTF-8.
 */
export const isSignedByCard = (
  certificate: Uint8Array,
  message: string,
  signature: Buffer,
  form: SignatureForm,
): boolean => {
  try {
    const { subjectPublicKeyInfo } = AsnConvert.parse(certificate, Certificate).tbsCertificate;
    const algorithm = algorithmOf(subjectPublicKeyInfo);
    if (algorithm === undefined) return false;
    const spki = Buffer.from(AsnConvert.serialize(subjectPublicKeyInfo));
    return providers[algorithm](spki, Buffer.from(message, 'utf8'), signature, form);
  } catch {
    return false;
  }
};

const algorithmOf = ({ algorithm }: SubjectPublicKeyInfo): KeyAlgorithm | undefined => {
  const parameters = algorithm.parameters && Buffer.from(algorithm.parameters);
  // An OBJECT IDENTIFIER with its tag and length before it; RSA has NULL.
  const oid = parameters?.[0] === 0x06 ? parameters.subarray(2).toString('hex') : undefined;
  return algorithmOfKey(oidHex(algorithm.algorithm), oid);
};

/** The content of an OBJECT IDENTIFIER (X.690, 8.19), hex. */
const oidHex = (dotted: string): string => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((part) => {
    const septets = [part & 0x7f];
    for (let left = part >>> 7; left > 0; left >>>= 7) septets.unshift((left & 0x7f) | 0x80);
    return septets;
  });
  return Buffer.from(bytes).toString('hex');
};

const ofPlatform = (
  algorithm: KeyAlgorithm,
  spki: Buffer,
  message: Buffer,
  signature: Buffer,
  form: SignatureForm,
): boolean => {
  const { family, hash } = algorithmNames[algorithm];
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const nodeHash = hash === 'SHA-384' ? 'sha384' : 'sha256';
  if (family === 'rsa') return verify(nodeHash, message, key, signature);
  const dsaEncoding = form === 'p1363' ? 'ieee-p1363' : 'der';
  return verify(nodeHash, message, { key, dsaEncoding }, signature);
};

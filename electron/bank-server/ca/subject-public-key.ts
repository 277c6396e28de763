import { hash, type KeyObject } from 'node:crypto';
import { equalBytes, fromHex } from '../../shared/codec/index.ts';
import type { KeyAlgorithm } from '../../shared/domain/index.ts';
import { readSequence } from './read-der.ts';

/** SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) of a key, DER. Writing it takes OpenSSL twice as long as a signature. */
export const spkiOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** RFC 5280, 4.2.1.2 (1): SHA-1 of the public key's bit string; it names a key and protects nothing. */
export const keyIdentifier = (spki: Uint8Array): Buffer => {
  const bits = readSequence(spki)?.[1];
  if (bits?.tag !== BIT_STRING) throw new Error('not a SubjectPublicKeyInfo');
  return hash('sha1', bits.content.subarray(1), 'buffer');
};

/**
 * The curve of a key written in the one form in which OpenSSL writes it too: curve by its name, point uncompressed
 * (RFC 5480, 2). Undefined for all else, which OpenSSL has to write anew to be compared.
 */
export const plainCurveOf = (spki: Uint8Array): Extract<KeyAlgorithm, 'p-256' | 'p-384'> | undefined =>
  curves.find(
    ({ head, pointBytes }) =>
      head.length + pointBytes === spki.length && equalBytes(spki.subarray(0, head.length), head),
  )?.curve;

const curves = [
  {
    curve: 'p-256',
    head: fromHex('3059301306072a8648ce3d020106082a8648ce3d03010703420004'),
    pointBytes: 64,
  },
  { curve: 'p-384', head: fromHex('3076301006072a8648ce3d020106052b8104002203620004'), pointBytes: 96 },
] as const;

const BIT_STRING = 0x03;

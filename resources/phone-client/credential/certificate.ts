import { toHex } from '../../../electron/shared/codec/index.ts';
import { algorithmOfKey } from '../../../electron/shared/domain/key-algorithms.ts';
import type { KeyAlgorithm } from '../../../electron/shared/domain/medium.ts';
import { derTag, partsOf, sequenceOf, valueAt } from './read-der.ts';

/** What the client needs of the customer's certificate. It judges nothing else: that is the bank's part. */
export interface CardCertificate {
  /** `unknown`: the key is for an algorithm this program has not learnt. */
  readonly algorithm: KeyAlgorithm | 'unknown';
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Validity and kind of key of an X.509 certificate (RFC 5280, 4.1). `undefined`: damaged. */
export const readCertificate = (der: Uint8Array): CardCertificate | undefined => {
  const tbs = partsOf(valueAt(sequenceOf(der), 0, derTag.sequence));
  // [0] version is absent only in version 1, which has no place here.
  // version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
  const validity = partsOf(valueAt(tbs, 4, derTag.sequence));
  const algorithm = partsOf(valueAt(partsOf(valueAt(tbs, 6, derTag.sequence)), 0, derTag.sequence));
  const type = valueAt(algorithm, 0, derTag.oid);
  const parameters = valueAt(algorithm, 1, derTag.oid);
  if (type === undefined) return undefined;
  const notBefore = readTime(validity?.[0]);
  const notAfter = readTime(validity?.[1]);
  if (notBefore === undefined || notAfter === undefined) return undefined;
  const known = algorithmOfKey(toHex(type), parameters && toHex(parameters));
  return { algorithm: known ?? 'unknown', notBefore, notAfter };
};

/** UTCTime `YYMMDDHHMMSSZ` (50…99 are 19xx) or GeneralizedTime `YYYYMMDDHHMMSSZ` (RFC 5280, 4.1.2.5). */
const readTime = (part: { tag: number; value: Uint8Array } | undefined): Date | undefined => {
  if (part?.tag !== derTag.utcTime && part?.tag !== derTag.generalizedTime) return undefined;
  const text = String.fromCharCode(...part.value);
  const full =
    part.tag === derTag.generalizedTime ? text : `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}`;
  const [, ...numbers] = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(full) ?? [];
  const [year, month, day, hour, minute, second] = numbers.map(Number);
  if (year === undefined || month === undefined) return undefined;
  return new Date(Date.UTC(year, month - 1, day, hour, minute, second));
};

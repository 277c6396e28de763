import { generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCertificateProfiles } from '../../../electron/bank-server/ca/certificate-profile.ts';
import { newSerial } from '../../../electron/bank-server/ca/new-serial.ts';
import {
  signCertificate,
  type CertificateOrder,
  type Issuer,
} from '../../../electron/bank-server/ca/sign-certificate.ts';
import { signerOf, type Signer } from '../../../electron/bank-server/ca/signer.ts';
import type { SubjectName } from '../../../electron/bank-server/ca/subject-name.ts';
import { spkiOf } from '../../../electron/bank-server/ca/subject-public-key.ts';
import { certificateByLibrary } from '../../harness/certificate-by-library.ts';

const pairs = {
  'p-256': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'p-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  'rsa-2048': generateKeyPairSync('rsa', { modulusLength: 2048 }),
};

const read = readCertificateProfiles(join(import.meta.dirname, '../../../resources/certificate-profiles'));
const profiles = read.ok ? [...read.value.values()] : [];

const subjects: readonly SubjectName[] = [
  [
    { type: 'CN', value: 'Ouyang Mingzhe' },
    { type: 'serialNumber', value: 'CW-7K3M-9QXD-2RTA' },
    { type: 'O', value: 'Qingyu Bank (Training)' },
    { type: 'C', value: 'CN' },
  ],
  [
    { type: 'CN', value: '李娜' },
    { type: 'OU', value: `${'长'.repeat(60)} Ünïcode` },
    { type: 'C', value: 'CN' },
  ],
  [{ type: 'CN', value: 'x'.repeat(300) }],
];
const times = [
  ['2026-11-20T09:31:07Z', '2029-11-19T09:31:07Z'],
  // RFC 5280, 4.1.2.5: the last second that is a UTCTime, and the first that is none
  ['2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z'],
].map(([from = '', to = '']) => ({ notBefore: new Date(from), notAfter: new Date(to) }));
const urls = {
  crl: 'http://pki.bank.example/crl/00ff.crl',
  ocsp: 'http://pki.bank.example/ocsp',
  issuer: 'http://pki.bank.example/ca/00ff.cer',
};
const names = { dnsNames: ['api.bank.example', 'localhost'], ipAddresses: ['127.0.0.1', '::1'] };

/** Signs once and gives the same signature again: ECDSA signs the same bytes differently each time. */
const repeating = (privateKey: KeyObject): Signer => {
  const signer = signerOf(privateKey);
  const given = new Map<string, Promise<Uint8Array>>();
  return {
    ...signer,
    sign(bytes) {
      const key = Buffer.from(bytes).toString('hex');
      const signature = given.get(key) ?? signer.sign(bytes);
      given.set(key, signature);
      return signature;
    },
  };
};

describe('a certificate', () => {
  it.each(Object.entries(pairs))(
    'under a %s key is byte for byte what the ASN.1 library makes of its order, under every profile',
    async (_algorithm, { privateKey, publicKey: issuingKey }) => {
      const issuer: Issuer = {
        name: [
          { type: 'CN', value: 'Qingyu Bank CA' },
          { type: 'C', value: 'CN' },
        ],
        signer: repeating(privateKey),
      };
      let compared = 0;
      for (const profile of profiles)
        for (const { publicKey } of Object.values(pairs))
          for (const [at, subject] of subjects.entries())
            for (const also of [{}, { urls }, { urls: { ...urls, ocsp: 'http://b.example/' } }, names]) {
              const spki = spkiOf(publicKey);
              const order: CertificateOrder = {
                ...{ serial: newSerial(), profile, subject, spki },
                ...times[at % times.length]!,
                ...also,
              };
              const certificate = await signCertificate(order, issuer);
              expect(certificate).toEqual(await certificateByLibrary(order, issuer));
              if (compared % 50 === 0) expect(new X509Certificate(certificate).verify(issuingKey)).toBe(true);
              compared += 1;
            }
      expect(compared).toBe(profiles.length * 3 * 3 * 4);
      expect(profiles.length).toBeGreaterThan(8);
    },
  );
});

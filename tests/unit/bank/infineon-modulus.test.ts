import { execFileSync } from 'node:child_process';
import {
  checkPrimeSync,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readCertificateRequest } from '../../../electron/bank-server/authority/certificate-request.ts';
import { isInfineonModulus } from '../../../electron/bank-server/ca/infineon-modulus.ts';

/** The first 126 primes: of 2048-bit keys (Nemec and others, table 1). */
const product = (() => {
  let m = 1n;
  for (let n = 2, found = 0; found < 126; n += 1) {
    if (!checkPrimeSync(BigInt(n))) continue;
    m *= BigInt(n);
    found += 1;
  }
  return m;
})();

const powerModulo = (base: bigint, exponent: bigint, modulo: bigint): bigint => {
  let result = 1n;
  for (let b = base % modulo, e = exponent; e > 0n; e >>= 1n, b = (b * b) % modulo)
    if (e & 1n) result = (result * b) % modulo;
  return result;
};

const random = (bytes: number): bigint => BigInt(`0x${randomBytes(bytes).toString('hex')}`);

/** k · M + (65537^a mod M), of 1024 bits, as the library makes them. */
const weakPrime = (): bigint => {
  const top = (3n << 1022n) / product; // so that the product of two has all its 2048 bits
  const residue = powerModulo(65_537n, random(32), product);
  for (;;) {
    const candidate = (top + (random(6) % (1n << 40n))) * product + residue;
    if (candidate % 65_537n !== 1n && checkPrimeSync(candidate)) return candidate;
  }
};

const inverse = (value: bigint, modulo: bigint): bigint => {
  let [a, b, x, y] = [value % modulo, modulo, 1n, 0n];
  while (a > 1n) {
    const q = a / b;
    [a, b, x, y] = [b, a - q * b, y, x - q * y];
  }
  return ((x % modulo) + modulo) % modulo;
};

const base64url = (value: bigint): string => {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url');
};

const weakKey = () => {
  const [p, q] = [weakPrime(), weakPrime()];
  const d = inverse(65_537n, (p - 1n) * (q - 1n));
  return createPrivateKey({
    format: 'jwk',
    key: {
      ...{ kty: 'RSA', n: base64url(p * q), e: base64url(65_537n), d: base64url(d) },
      ...{ p: base64url(p), q: base64url(q), dp: base64url(d % (p - 1n)), dq: base64url(d % (q - 1n)) },
      qi: base64url(inverse(q, p)),
    },
  });
};

const modulusOf = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).n ?? '', 'base64url');

/** What openssl makes of the key: a request that is right in every other way. */
const requestOf = (key: KeyObject): Buffer => {
  const folder = mkdtempSync(join(tmpdir(), 'weak-key-'));
  const file = join(folder, 'key.pem');
  writeFileSync(file, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const request = execFileSync('openssl', [
    ...['req', '-new', '-key', file, '-outform', 'DER', '-subj', '/CN=Li Na/serialNumber=CW-7K3M'],
  ]);
  rmSync(folder, { recursive: true });
  return request;
};

it('a key of the library with the fault is recognised by its public half, and gets no certificate', () => {
  for (let round = 0; round < 3; round += 1) expect(isInfineonModulus(modulusOf(weakKey()))).toBe(true);
  expect(readCertificateRequest(requestOf(weakKey()))).toBe('weak-key');
});

it('keys of others are not taken for one', () => {
  for (let round = 0; round < 5; round += 1) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(isInfineonModulus(modulusOf(privateKey))).toBe(false);
    if (round === 0)
      expect(readCertificateRequest(requestOf(privateKey))).toMatchObject({ keyAlgorithm: 'rsa-2048' });
  }
});

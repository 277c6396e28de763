import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CertificateProfile } from '../../../electron/bank-server/ca/certificate-profile.ts';
import { newSerial } from '../../../electron/bank-server/ca/new-serial.ts';
import { openToken } from '../../../electron/bank-server/ca/pkcs11/open-token.ts';
import { signCertificate, type Issuer } from '../../../electron/bank-server/ca/sign-certificate.ts';
import { signCrl } from '../../../electron/bank-server/ca/sign-crl.ts';
import type { SubjectName } from '../../../electron/bank-server/ca/subject-name.ts';
import { spkiOf } from '../../../electron/bank-server/ca/subject-public-key.ts';
import { fail, type Result } from '../../../electron/shared/result/index.ts';
import { makeSoftToken } from '../../harness/soft-token.ts';

const token = makeSoftToken();
if (token === undefined) {
  it.skip('the CA key in an HSM: SoftHSM2 is not installed', () => {});
} else {
  Object.assign(process.env, token.environment);
  const address = { module: token.module, token: { label: token.label } };
  const must = <T>(result: Result<T>): T => {
    if (!result.ok) throw new Error(JSON.stringify(result.fault));
    return result.value;
  };
  const hsm = must(openToken(address, token.pin));
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-hsm-'));
  afterAll(() => {
    hsm.close();
    token.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const profile = (certificateAuthority: boolean): CertificateProfile => ({
    name: 'test',
    enrollable: false,
    algorithm: 'p-256',
    requestSignatures: [],
    keyUsage: certificateAuthority ? ['keyCertSign', 'cRLSign'] : ['digitalSignature'],
    extendedKeyUsage: [],
    certificateAuthority,
    crlDistributionPoint: false,
    backdatedMinutes: 5,
    validityDays: 30,
  });
  const name: SubjectName = [
    { type: 'CN', value: 'HSM CA' },
    { type: 'C', value: 'CN' },
  ];
  const write = (file: string, der: Uint8Array, label: string): string => {
    const path = join(folder, file);
    const base64 = Buffer.from(der)
      .toString('base64')
      .replace(/.{64}(?=.)/g, '$&\n');
    writeFileSync(path, `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`);
    return path;
  };

  describe('the CA key in an HSM', () => {
    it.each([
      ['p-256', 'ecdsa-with-SHA256'],
      ['p-384', 'ecdsa-with-SHA384'],
      ['rsa-2048', 'sha256WithRSAEncryption'],
      ['rsa-3072', 'sha256WithRSAEncryption'],
    ] as const)('%s signs certificates and lists that openssl accepts', async (algorithm, signature) => {
      const signer = must(hsm.makeKey(`ca-${algorithm}`, algorithm));
      const issuer: Issuer = { name, signer };
      const now = new Date();
      const dates = {
        notBefore: new Date(now.getTime() - 60_000),
        notAfter: new Date(now.getTime() + 86_400_000),
      };
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const ca = await signCertificate(
        {
          serial: newSerial(),
          profile: profile(true),
          subject: name,
          spki: spkiOf(signer.publicKey),
          ...dates,
        },
        issuer,
      );
      const leaf = await signCertificate(
        {
          serial: newSerial(),
          profile: profile(false),
          subject: [{ type: 'CN', value: 'A card' }],
          spki: spkiOf(publicKey),
          ...dates,
        },
        issuer,
      );
      const crl = await signCrl(
        [{ serial: '4a'.repeat(16), at: now, reason: 'lost' }],
        1,
        now,
        dates.notAfter,
        issuer,
      );
      const caFile = write(`${algorithm}.ca.pem`, ca, 'CERTIFICATE');
      const leafFile = write(`${algorithm}.leaf.pem`, leaf, 'CERTIFICATE');
      const crlFile = write(`${algorithm}.crl.pem`, crl, 'X509 CRL');
      const openssl = (...args: string[]) =>
        execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      expect(
        openssl('verify', '-x509_strict', '-crl_check', '-CRLfile', crlFile, '-CAfile', caFile, leafFile),
      ).toContain(': OK');
      expect(openssl('x509', '-in', leafFile, '-noout', '-text')).toContain(signature);
      expect(new X509Certificate(leaf).verify(signer.publicKey)).toBe(true);
    });

    it('is found again by its label, by another login and by the slot’s number', async () => {
      must(hsm.makeKey('again', 'p-256'));
      const bytes = randomBytes(100);
      const again = must(openToken(address, token.pin));
      const signer = must(again.signer('again'));
      expect(verify('sha256', bytes, must(hsm.signer('again')).publicKey, await signer.sign(bytes))).toBe(
        true,
      );
    });

    it('signs many things at once on its few sessions, each right', async () => {
      const signer = must(hsm.makeKey('busy', 'p-256'));
      const messages = Array.from({ length: 60 }, () => randomBytes(64));
      const signatures = await Promise.all(messages.map((each) => signer.sign(each)));
      const right = messages.filter((each, at) => verify('sha256', each, signer.publicKey, signatures[at]!));
      expect(right).toHaveLength(60);
    });

    it('is refused by name: no such library, token, key, PIN; a label that is taken', () => {
      const refusal = (reason: string, more = {}) =>
        fail('bank-keys-damaged', { file: 'pkcs11', reason, ...more });
      expect(openToken({ ...address, module: '/nowhere/pkcs11.so' }, token.pin)).toEqual(refusal('module'));
      expect(openToken({ ...address, token: { label: 'other' } }, token.pin)).toEqual(refusal('token'));
      expect(hsm.signer('nothing')).toEqual(refusal('key', { label: 'nothing' }));
      must(hsm.makeKey('taken', 'p-256'));
      expect(hsm.makeKey('taken', 'p-256')).toEqual(refusal('label-taken', { label: 'taken' }));
    });

    it('is not opened with a wrong PIN', () => {
      // Its own process: a login holds for the whole process that has one already.
      const script = `
        import { openToken } from './electron/bank-server/ca/pkcs11/open-token.ts';
        const answer = openToken(${JSON.stringify(address)}, '000000');
        process.stdout.write(JSON.stringify(answer));
        process.exit(0);`;
      const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
      });
      expect(JSON.parse(output)).toEqual(fail('bank-keys-damaged', { file: 'pkcs11', reason: 'pin' }));
    });
  });
}

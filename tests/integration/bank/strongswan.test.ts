import { execFile, execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEnrolmentBank, type EnrolmentBank } from '../../harness/enrolment-bank.ts';

/*
 * Somebody else's EST client against this bank. strongSwan's speaks TLS 1.2, sends and reads base64 in one line
 * and knows no labels.
 */

const hasPki = ['/usr/bin/pki', '/usr/sbin/pki'].some((each) => existsSync(each));

interface Done {
  readonly code: number;
  readonly output: Buffer;
  readonly said: string;
}

/** Not the synchronous form: the bank answers from this very process. */
const pki = (...args: string[]): Promise<Done> =>
  new Promise((resolve) => {
    execFile('pki', args, { encoding: 'buffer', timeout: 50_000 }, (error, output, said) => {
      resolve({ code: error === null ? 0 : 1, output, said: said.toString() });
    });
  });

(hasPki ? describe : describe.skip)('strongSwan’s client (skipped without strongswan-pki)', () => {
  let bank: EnrolmentBank;
  const file = (name: string): string => join(bank.folder, name);
  const ca = (): string => join(bank.stationFolder, 'bank-ca.pem');

  beforeAll(async () => {
    bank = await startEnrolmentBank('--enrolment-tls', '1.2', '--enrolment-retry-after', '1');
  });
  afterAll(() => bank.stop());

  const request = async (type: 'ecdsa' | 'rsa', name: string, stationId: string): Promise<void> => {
    const key = await pki('--gen', '--type', type, '--size', type === 'rsa' ? '2048' : '256');
    writeFileSync(file(`${name}.key`), key.output, { mode: 0o600 });
    const dn = `C=CN, O=Enrol Bank, serialNumber=${stationId}, CN=Branch of ${stationId}`;
    const made = await pki('--req', '--in', file(`${name}.key`), '--type', type, '--dn', dn);
    expect(made.code).toBe(0);
    writeFileSync(file(`${name}.req`), made.output);
  };
  const est = (name: string, ...args: string[]): Promise<Done> =>
    pki('--est', '--url', bank.enrolmentOrigin, '--cacert', ca(), '--in', file(`${name}.req`), ...args);
  const verified = (der: Buffer, name: string): X509Certificate => {
    const certificate = new X509Certificate(der);
    writeFileSync(file(`${name}.pem`), certificate.toString());
    execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', ca(), file(`${name}.pem`)]);
    return certificate;
  };

  it('reads the CA’s certificates', async () => {
    const got = await pki('--estca', '--url', bank.enrolmentOrigin, '--cacert', ca(), '--outform', 'pem');
    expect(got.said).toContain('Root CA');
    expect(new X509Certificate(got.output).raw).toEqual(new X509Certificate(bank.ca).raw);
  });

  for (const [type, stationId] of [
    ['ecdsa', 'station-21'],
    ['rsa', 'station-22'],
  ] as const)
    it(`enrols ${type} with a password, waits for approval, and re-enrols with its certificate`, async () => {
      const password = await bank.admit(stationId);
      await request(type, 'first', stationId);
      const wrong = await est('first', '--userpass', `${stationId}:WRONG`);
      expect(wrong.code).not.toBe(0);

      const waiting = est('first', '--userpass', `${stationId}:${password}`, '--interval', '1');
      await expect.poll(() => bank.approveAll()).toBe(1);
      const enrolled = await waiting;
      expect(enrolled.said).toContain('EST request pending');
      expect(enrolled.code).toBe(0);
      const first = verified(enrolled.output, `${stationId}-1`);
      expect(first.subject.split('\n')).toContain(`serialNumber=${stationId}`);

      await request(type, 'next', stationId);
      const renewed = await est(
        'next',
        ...['--cert', file(`${stationId}-1.pem`), '--key', file('first.key')],
      );
      expect(renewed.said).toContain('Issued certificate is trusted');
      const second = verified(renewed.output, `${stationId}-2`);
      expect(second.subject).toBe(first.subject);
      expect(second.serialNumber).not.toBe(first.serialNumber);
    });

  it('gets no certificate for another station’s name, nor with a certificate that was not the bank’s', async () => {
    const password = await bank.admit('station-23');
    await request('ecdsa', 'foreign', 'station-21');
    expect((await est('foreign', '--userpass', `station-23:${password}`)).code).not.toBe(0);

    const selfSigned = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    const name = '/C=CN/O=Enrol Bank/serialNumber=station-21/CN=Branch of station-21';
    const [key, certificate] = [file('self.key'), file('self.pem')];
    execFileSync('openssl', [...selfSigned, '-subj', name, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    });
    expect((await est('foreign', '--cert', certificate, '--key', key)).code).not.toBe(0);
  });
});

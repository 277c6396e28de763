import { createPrivateKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { certificateProfile } from '../../../electron/bank-server/ca/certificate-profile.ts';
import { newSerial } from '../../../electron/bank-server/ca/new-serial.ts';
import { signCertificate } from '../../../electron/bank-server/ca/sign-certificate.ts';
import { certificatesOnly, openContent, signContent } from '../../../electron/bank-server/ca/signed-data.ts';
import { signerOf } from '../../../electron/bank-server/ca/signer.ts';
import { spkiOf } from '../../../electron/bank-server/ca/subject-public-key.ts';

const selfSigned = async (algorithm: 'ec' | 'rsa') => {
  const { privateKey } =
    algorithm === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signer = signerOf(createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  const name = [{ type: 'CN', value: 'Signer' }] as const;
  const profile = certificateProfile.parse({
    name: 'bank-signing',
    enrollable: false,
    algorithm: 'p-256',
    requestSignatures: [],
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: [],
    certificateAuthority: false,
    crlDistributionPoint: false,
    backdatedMinutes: 5,
    validityDays: 10,
  });
  const certificate = await signCertificate(
    {
      serial: newSerial(),
      profile,
      subject: name,
      spki: spkiOf(signer.publicKey),
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2036-01-01T00:00:00Z'),
    },
    { name, signer },
  );
  return { signer, certificate };
};

describe('content the bank signs', () => {
  it.each(['ec', 'rsa'] as const)('comes back with its signer, under an %s key', async (algorithm) => {
    const { signer, certificate } = await selfSigned(algorithm);
    const content = Buffer.from('{"name":"李娜"}');
    const cms = await signContent(content, certificate, signer, new Date('2026-11-20T12:00:00Z'));
    expect(openContent(cms)).toEqual({ content, signerCertificate: certificate });
  });

  it('is refused with any one of its bytes changed', async () => {
    const { signer, certificate } = await selfSigned('ec');
    const cms = await signContent(Buffer.from('content'), certificate, signer, new Date());
    let opened = 0;
    for (let at = 0; at < cms.length; at += 1) {
      const changed = Buffer.from(cms);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x01, at);
      const result = openContent(changed);
      if (result === undefined) continue;
      opened += 1;
      // Bytes that no signature covers (a version number, a name beside the certificate) may differ, as
      // long as content and key are the ones that were signed. The caller compares the certificate.
      expect(result.content.toString()).toBe('content');
      const sameKey = new X509Certificate(result.signerCertificate).publicKey.equals(signer.publicKey);
      expect(sameKey).toBe(true);
    }
    expect(opened).toBeLessThan(cms.length / 2);
  });

  it('is refused without a signer, cut short, or when it is something else', async () => {
    const { signer, certificate } = await selfSigned('ec');
    const cms = await signContent(Buffer.from('content'), certificate, signer, new Date());
    for (const other of [
      certificatesOnly([certificate]),
      cms.subarray(0, -3),
      certificate,
      Buffer.alloc(0),
      sign('sha256', Buffer.from('x'), generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
    ])
      expect(openContent(other)).toBeUndefined();
  });
});

describe('a serial number', () => {
  it('is 16 bytes, positive and never the same', () => {
    const serials = Array.from({ length: 2000 }, () => newSerial());
    expect(new Set(serials.map((each) => each.toString('hex'))).size).toBe(2000);
    for (const serial of serials) expect(serial.readUInt8(0) & 0xc0).toBe(0x40);
  });
});

import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import forge from 'node-forge';
import { describe, expect, test } from 'vitest';
import { fail, ok } from '../../../electron/shared/result/index.ts';
import { makeCertificateRequest } from '../../../electron/station/bank/certificate-request.ts';
import { parseName } from '../../../electron/station/bank/distinguished-name.ts';
import { must } from '../../harness/start-station.ts';

const subject = 'CN=Li Na\\, Teller,serialNumber=CW-7K3M-9QXD-2RTA,O=Qingyu Bank,C=CN';

const keyPair = (algorithm: 'p-256' | 'rsa-2048') =>
  algorithm === 'p-256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });

describe.each(['p-256', 'rsa-2048'] as const)('a request for %s', (algorithm) => {
  const { publicKey, privateKey } = keyPair(algorithm);
  const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  const order = { profile: 'card', algorithm, subject };

  test('is one that OpenSSL verifies, with the subject in the bank’s order', async () => {
    const csr = must(
      await makeCertificateRequest({
        order,
        publicKey: spki,
        sign: async (bytes) => ok(new Uint8Array(sign('sha256', bytes, privateKey))),
      }),
    );
    const said = execFileSync(
      'openssl',
      ['req', '-inform', 'DER', '-verify', '-noout', '-subject', '-nameopt', 'RFC2253'],
      {
        input: csr,
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    ).toString();
    expect(said).toContain('CN=Li Na\\, Teller,serialNumber=CW-7K3M-9QXD-2RTA,O=Qingyu Bank,C=CN');
  });

  test('is found wrong before it leaves when the key signed something else', async () => {
    const wrong = await makeCertificateRequest({
      order,
      publicKey: spki,
      sign: async () => ok(new Uint8Array(sign('sha256', Buffer.from('other'), privateKey))),
    });
    expect(wrong).toMatchObject({ fault: { code: 'card-key-mismatch' } });
    const garbage = await makeCertificateRequest({
      order,
      publicKey: spki,
      sign: async () => ok(new Uint8Array([1, 2, 3])),
    });
    expect(garbage).toMatchObject({ fault: { code: 'card-key-mismatch' } });
  });

  test('a card that does not sign is the card’s fault', async () => {
    const refused = await makeCertificateRequest({
      order,
      publicKey: spki,
      sign: async () => fail('card-removed'),
    });
    expect(refused).toMatchObject({ fault: { code: 'card-removed' } });
  });

  test('the bank’s own encoding of the name is copied as it is; one that is none is the bank’s fault', async () => {
    const signBytes = async (bytes: Uint8Array) => ok(new Uint8Array(sign('sha256', bytes, privateKey)));
    const name = Buffer.from('300f310d300b06035504030c0453616d65', 'hex');
    const csr = must(
      await makeCertificateRequest({
        order: { ...order, subjectDer: name.toString('base64') },
        publicKey: spki,
        sign: signBytes,
      }),
    );
    expect(Buffer.from(csr).includes(name)).toBe(true);
    const bad = await makeCertificateRequest({
      order: { ...order, subjectDer: 'AAAA' },
      publicKey: spki,
      sign: signBytes,
    });
    expect(bad).toMatchObject({ fault: { code: 'bank-bad-answer' } });
  });
});

test('an RSA request is one that a second library reads and verifies', async () => {
  const { publicKey, privateKey } = keyPair('rsa-2048');
  const csr = must(
    await makeCertificateRequest({
      order: { profile: 'card', algorithm: 'rsa-2048', subject },
      publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
      sign: async (bytes) => ok(new Uint8Array(sign('sha256', bytes, privateKey))),
    }),
  );
  const read = forge.pki.certificationRequestFromAsn1(
    forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(csr).toString('binary'))),
    true,
  );
  expect(read.verify()).toBe(true);
  expect(read.subject.getField('CN')).toMatchObject({ value: 'Li Na, Teller' });
  expect(read.subject.getField('O')).toMatchObject({ value: 'Qingyu Bank' });
});

describe('names', () => {
  const hex = (text: string) => {
    const name = parseName(text);
    return name && Buffer.from(AsnConvert.serialize(name)).toString('hex');
  };

  test('are encoded with the most specific part last', () => {
    // C as PrintableString (13), O as UTF8String (0c)
    expect(hex('O=A,C=CN')).toBe('3019' + '310b300906035504061302434e' + '310a300806035504' + '0a0c0141');
  });

  test('escapes are taken off once', () => {
    expect(hex('CN=a\\,b')).toBe(hex('CN=a\\2cb'));
    expect(hex('CN=\\5c2c')).toContain(Buffer.from('\\2c').toString('hex'));
    expect(hex('CN=\\E6\\9D\\8E')).toBe(hex('CN=李'));
  });

  test.each(['', 'CN', 'CN=', 'XX=1', 'CN=a,', 'CN=a+O=b', 'CN=a"b', '2.5.4.3=a'])('none: %s', (text) => {
    expect(parseName(text)).toBeUndefined();
  });
});

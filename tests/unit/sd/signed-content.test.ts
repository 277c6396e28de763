import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifestContent, verifyManifest, verifyUserInfo } from '../../../native/applications/sd/index.ts';
import { openOpensslAuthority, type IssuedCertificate, type OpensslAuthority } from './openssl-authority.ts';

const manifest = {
  version: 1,
  bankId: 'training',
  cardId: 'CW-1',
  mediumIdentity: 'SN1|cid1|1024|ABCD-1234',
  clientVersion: '1.0.0',
  files: [{ path: 'key.p8', sha256: 'a'.repeat(64), size: 300 }],
  signedAt: '2026-01-02T03:04:05Z',
};
const content = new TextEncoder().encode(JSON.stringify(manifest));
const refused = (reason: string, path = 'manifest.p7s') => ({
  ok: false,
  fault: { code: 'medium-signature-invalid', data: { path, reason } },
});

let authority: OpensslAuthority;
let bank: IssuedCertificate;
let signed: Uint8Array;

beforeAll(() => {
  authority = openOpensslAuthority();
  bank = authority.issue({ name: 'Bank signing', extensions: ['keyUsage=critical,digitalSignature'] });
  signed = authority.sign(content, bank);
});
afterAll(() => {
  authority.close();
});

/** The bytes with one piece replaced by another of the same length. */
const replaced = (bytes: Uint8Array, from: Uint8Array, to: Uint8Array): Uint8Array => {
  const at = Buffer.from(bytes).indexOf(Buffer.from(from));
  expect(at).toBeGreaterThan(0);
  const changed = bytes.slice();
  changed.set(to, at);
  return changed;
};

describe('what the bank signed', () => {
  it('is read when P-256 signed it, with the signer named by issuer and serial number', () => {
    expect(verifyManifest(signed, authority.caPem)).toEqual({ ok: true, value: manifest });
  });

  it('is read when the signer is named by its key identifier', () => {
    const byKey = authority.issue({
      name: 'Bank signing by key',
      extensions: ['keyUsage=digitalSignature', 'subjectKeyIdentifier=hash'],
    });
    const cms = authority.sign(content, byKey, ['-keyid']);
    expect(verifyManifest(cms, authority.caPem)).toEqual({ ok: true, value: manifest });
  });

  it('is read when RSA-2048 signed it', () => {
    const rsa = authority.issue({ name: 'Bank signing RSA', key: 'rsa-2048' });
    expect(verifyManifest(authority.sign(content, rsa), authority.caPem).ok).toBe(true);
  });

  it('is read when the signing certificate names a signing purpose', () => {
    const mail = authority.issue({ name: 'Bank mail', extensions: ['extendedKeyUsage=emailProtection'] });
    expect(verifyManifest(authority.sign(content, mail), authority.caPem).ok).toBe(true);
  });

  it('is read without a look at the signature where only the content matters', () => {
    expect(manifestContent(signed)).toEqual({ ok: true, value: manifest });
  });

  it('is the user information in the same form', () => {
    const userInfo = {
      version: 1,
      bankId: 'training',
      bankName: '云山银行',
      portalOrigin: 'https://127.0.0.1:8443',
      cardId: 'CW-1',
      customerId: 'C-1',
      name: '李娜',
      loginName: 'lina',
      certificateSha256: 'b'.repeat(64),
      issuedAt: '2026-01-02T03:04:05Z',
    };
    const cms = authority.sign(new TextEncoder().encode(JSON.stringify(userInfo)), bank);
    expect(verifyUserInfo(cms, authority.caPem)).toEqual({ ok: true, value: userInfo });
  });
});

describe('a signature that does not hold', () => {
  it('is one over other content', () => {
    const from = new TextEncoder().encode('"CW-1"');
    const changed = replaced(signed, from, new TextEncoder().encode('"CW-2"'));
    expect(verifyManifest(changed, authority.caPem)).toEqual(refused('digest'));
  });

  it('is one whose last byte changed', () => {
    const changed = signed.slice();
    changed.set([(changed.at(-1) ?? 0) ^ 1], changed.length - 1);
    expect(verifyManifest(changed, authority.caPem)).toEqual(refused('signature'));
  });

  it('is one over other attributes: another signing time under the same digest', () => {
    const at = Buffer.from(signed).indexOf(Buffer.from('2a864886f70d010905', 'hex'));
    const changed = signed.slice();
    const digit = at + 9 + 4 + 11; // oid, SET and UTCTime headers, last digit of the seconds
    changed.set([(changed[digit] ?? 0) === 0x30 ? 0x31 : 0x30], digit);
    expect(verifyManifest(changed, authority.caPem)).toEqual(refused('signature'));
  });

  it.each([0, 1, 4, 60, 300])('is a file cut short to %i bytes', (length) => {
    expect(verifyManifest(signed.subarray(0, length), authority.caPem)).toEqual(refused('not-cms'));
  });

  it('is a file with something behind its end', () => {
    const longer = Buffer.concat([signed, Buffer.of(0x05, 0x00)]);
    expect(verifyManifest(longer, authority.caPem)).toEqual(refused('not-cms'));
  });

  it('is a detached signature', () => {
    const detached = authority.sign(content, bank, []).slice();
    expect(verifyManifest(detached, authority.caPem).ok).toBe(true);
    const without = replaced(
      detached,
      Buffer.from('2a864886f70d010701a0', 'hex'),
      Buffer.from('2a864886f70d010701a1', 'hex'),
    );
    expect(verifyManifest(without, authority.caPem)).toEqual(refused('not-cms'));
  });

  it('is one without signed attributes', () => {
    const cms = authority.sign(content, bank, ['-noattr']);
    expect(verifyManifest(cms, authority.caPem)).toEqual(refused('not-cms'));
  });

  it('is one of another content, well signed', () => {
    const cms = authority.sign(new TextEncoder().encode('{"version":1}'), bank);
    expect(verifyManifest(cms, authority.caPem)).toEqual(refused('content'));
  });

  it('is one with a digest other than SHA-256', () => {
    const cms = authority.sign(content, bank, ['-md', 'sha512']);
    expect(verifyManifest(cms, authority.caPem)).toEqual(refused('algorithm'));
  });
});

describe('a signer that is not the bank', () => {
  it("is a customer: their card's certificate comes from the same CA", () => {
    const customer = authority.issue({
      name: 'Customer',
      extensions: ['keyUsage=digitalSignature', 'extendedKeyUsage=clientAuth'],
    });
    expect(verifyManifest(authority.sign(content, customer), authority.caPem)).toEqual(
      refused('signer-purpose'),
    );
  });

  it('is a customer whose certificate also names a signing purpose', () => {
    const both = authority.issue({
      name: 'Customer with mail',
      extensions: ['extendedKeyUsage=emailProtection,clientAuth'],
    });
    expect(verifyManifest(authority.sign(content, both), authority.caPem)).toEqual(refused('signer-purpose'));
  });

  it('is a key that may not sign', () => {
    const agreement = authority.issue({ name: 'Agreement', extensions: ['keyUsage=keyAgreement'] });
    expect(verifyManifest(authority.sign(content, agreement), authority.caPem)).toEqual(
      refused('signer-purpose'),
    );
  });

  it('is a CA below the CA', () => {
    const ca = authority.issue({
      name: 'Sub CA',
      extensions: ['basicConstraints=critical,CA:TRUE', 'keyUsage=digitalSignature,keyCertSign'],
    });
    expect(verifyManifest(authority.sign(content, ca), authority.caPem)).toEqual(refused('signer-purpose'));
  });

  it('is a stranger who made a certificate with the same name', () => {
    const stranger = authority.issue({ name: 'Bank signing', selfSigned: true });
    expect(verifyManifest(authority.sign(content, stranger), authority.caPem)).toEqual(
      refused('signer-unknown'),
    );
  });

  it("is the bank's own signer judged by another bank's CA", () => {
    const other = openOpensslAuthority();
    expect(verifyManifest(signed, other.caPem)).toEqual(refused('signer-unknown'));
    other.close();
  });

  it('is certified by a CA that only has the name of the bank’s CA, and says nothing of its key', () => {
    const impostor = openOpensslAuthority();
    const extensions = ['keyUsage=digitalSignature', 'authorityKeyIdentifier=none'];
    const signer = impostor.issue({ name: 'Bank signing', extensions });
    const cms = impostor.sign(content, signer);
    expect(verifyManifest(cms, impostor.caPem).ok).toBe(true);
    expect(verifyManifest(cms, authority.caPem)).toEqual(refused('signer-unknown'));
    impostor.close();
  });

  it('is nobody, when no certificate of a CA is given', () => {
    expect(verifyManifest(signed, '')).toEqual(refused('signer-unknown'));
    expect(verifyManifest(signed, bank.certificatePem)).toEqual(refused('signer-unknown'));
  });

  it('is missing from the file', () => {
    const cms = authority.sign(content, bank, ['-nocerts']);
    expect(verifyManifest(cms, authority.caPem)).toEqual(refused('not-cms'));
  });

  it.each(['p-384', 'rsa-1024'] as const)('has a key the bank does not use: %s', (key) => {
    const odd = authority.issue({ name: `Odd ${key}`, key });
    expect(verifyManifest(authority.sign(content, odd), authority.caPem)).toEqual(refused('algorithm'));
  });

  it('is expired, or not valid yet', () => {
    const year = 365 * 86_400_000;
    expect(verifyManifest(signed, authority.caPem, new Date(Date.now() + year))).toEqual(
      refused('signer-expired'),
    );
    expect(verifyManifest(signed, authority.caPem, new Date(Date.now() - year))).toEqual(
      refused('signer-expired'),
    );
  });
});

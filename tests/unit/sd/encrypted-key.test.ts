import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decryptKey, encryptKey, isCardPin } from '../../../native/applications/sd/index.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const pkcs8 = new Uint8Array(pair.privateKey.export({ type: 'pkcs8', format: 'der' }));
const folder = mkdtempSync(join(tmpdir(), 'cardwright-key-'));
const openssl = (...args: readonly string[]): string =>
  execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

let p8: Uint8Array;
beforeAll(async () => {
  const encrypted = await encryptKey(pkcs8, '271828');
  if (!encrypted.ok) throw new Error(encrypted.fault.code);
  p8 = encrypted.value;
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const damaged = { ok: false, fault: { code: 'medium-file-damaged', data: { path: 'key.p8' } } };
const wrongPin = { ok: false, fault: { code: 'card-pin-wrong', data: {} } };
/** The file with one number in it changed; both sides in hex, of the same length. */
const withHex = (from: string, to: string): Uint8Array => {
  const hex = Buffer.from(p8).toString('hex');
  expect(hex).toContain(from);
  return new Uint8Array(Buffer.from(hex.replace(from, to), 'hex'));
};

describe('a key under the card PIN', () => {
  it('comes out again as it went in', async () => {
    expect(await decryptKey(p8, '271828')).toEqual({ ok: true, value: pkcs8 });
  });

  it('is what openssl knows as PBES2 with 600,000 rounds of HMAC-SHA-256 and AES-256-CBC', () => {
    writeFileSync(join(folder, 'key.p8'), p8);
    const text = openssl('asn1parse', '-inform', 'DER', '-in', 'key.p8');
    expect(text).toMatch(/PBES2[\s\S]*PBKDF2[\s\S]*INTEGER\s*:0927C0[\s\S]*hmacWithSHA256[\s\S]*aes-256-cbc/);
    const opened = openssl('pkey', '-inform', 'DER', '-in', 'key.p8', '-passin', 'pass:271828', '-pubout');
    expect(opened).toBe(pair.publicKey.export({ type: 'spki', format: 'pem' }));
  });

  it('is read when openssl wrote it with as many rounds', async () => {
    writeFileSync(join(folder, 'plain.der'), pkcs8);
    openssl(
      ...['pkcs8', '-topk8', '-inform', 'DER', '-outform', 'DER', '-in', 'plain.der', '-out', 'theirs.p8'],
      ...['-v2', 'aes-256-cbc', '-v2prf', 'hmacWithSHA256', '-iter', '600000', '-passout', 'pass:12345678'],
    );
    const theirs = execFileSync('cat', [join(folder, 'theirs.p8')]);
    const opened = await decryptKey(theirs, '12345678');
    expect(opened.ok && Buffer.from(opened.value).equals(pkcs8)).toBe(true);
  });

  it('never looks the same twice', async () => {
    const again = await encryptKey(pkcs8, '271828');
    expect(again.ok && again.value).not.toEqual(p8);
  });

  it('does not open with another PIN', async () => {
    expect(await decryptKey(p8, '271829')).toEqual(wrongPin);
    expect(await decryptKey(p8, '27182800')).toEqual(wrongPin);
  });

  it.each(['', '12345', '123456789', '12345a', ' 123456', '１２３４５６'])(
    'takes no PIN but 6 to 8 digits: %j',
    async (pin) => {
      const refused = { ok: false, fault: { code: 'card-pin-format', data: {} } };
      expect(isCardPin(pin)).toBe(false);
      expect(await encryptKey(pkcs8, pin)).toEqual(refused);
      expect(await decryptKey(p8, pin)).toEqual(refused);
    },
  );

  it.each([0, 1, 20, 100])('is damaged when cut short to %i bytes', async (length) => {
    expect(await decryptKey(p8.subarray(0, length), '271828')).toEqual(damaged);
  });

  it('is refused when somebody lowered the rounds', async () => {
    expect(await decryptKey(withHex('02030927c0', '02030800ff'), '271828')).toEqual(damaged);
  });

  it('is refused when the rounds would never end', async () => {
    const huge = Buffer.from(p8).toString('hex').replace('02030927c0', '02047fffffff');
    expect(await decryptKey(Buffer.from(huge, 'hex'), '271828')).toEqual(damaged);
  });

  it('is refused under another digest, cipher or scheme', async () => {
    const hmacSha1 = withHex('2a864886f70d0209', '2a864886f70d0207');
    const aes128 = withHex('60864801650304012a', '608648016503040102');
    const pbes1 = withHex('2a864886f70d01050d', '2a864886f70d01050a');
    for (const one of [hmacSha1, aes128, pbes1]) expect(await decryptKey(one, '271828')).toEqual(damaged);
  });

  it('says wrong PIN when its ciphertext was changed: the two cannot be told apart', async () => {
    const changed = p8.slice();
    changed.fill(0, changed.length - 16);
    expect(await decryptKey(changed, '271828')).toEqual(wrongPin);
  });
});

import { execFileSync } from 'node:child_process';
import { createCipheriv, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  counterMode,
  counterModeKey,
  kdf3Key,
} from '../../../electron/bank-server/key-service/diversification/counter-mode.ts';
import { emvKey } from '../../../electron/bank-server/key-service/diversification/emv.ts';
import {
  checkValueOf,
  checkValueOfBytes,
  masterKeyInMemory,
  type MasterKeyAlgorithm,
} from '../../../electron/bank-server/key-service/diversification/master-key.ts';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const openssl = (...args: string[]): string =>
  execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    .replaceAll(/[:\s]/g, '')
    .toLowerCase();

const aes = ['aes-128', 'aes-192', 'aes-256'] as const;
const bytesOf = { 'aes-128': 16, 'aes-192': 24, 'aes-256': 32 } as const;

describe('a key by SP 800-108 in counter mode', () => {
  // NIST CAVP, KBKDF counter mode, PRF CMAC_AES128, counter of 32 bits before the fixed input, L = 128, count 0.
  it('is what NIST’s first answer says', async () => {
    const master = masterKeyInMemory('aes-128', hex('c10b152e8c97b77e18704e0f0bd38305'));
    const fixed = hex(
      '98cd4cbbbebe15d17dc86e6dbad800a2dcbd64f7c7ad0e78e9cf94ffdba89d03' +
        'e97eadf6c4f7b806caf52aa38f09d0eb71d71f497bcc6906b48d36c4',
    );
    expect(text(await counterMode(master, 4, fixed, 16))).toBe('26faf61908ad9ee881b8305c221db53f');
  });

  it.each(aes)('is OpenSSL’s KBKDF, under %s, of every length', async (algorithm) => {
    const key = randomBytes(bytesOf[algorithm]);
    const [label, context] = ['cardwright|piv-9b', randomBytes(11)];
    for (const length of [8, 16, 24, 32]) {
      const own = await counterModeKey(masterKeyInMemory(algorithm, key), label, context, length);
      const theirs = openssl(
        ...['kdf', '-keylen', String(length), '-kdfopt', 'mac:CMAC', '-kdfopt', 'mode:COUNTER'],
        ...['-kdfopt', `cipher:AES-${String(key.length * 8)}-CBC`, '-kdfopt', `hexkey:${text(key)}`],
        ...['-kdfopt', `salt:${label}`, '-kdfopt', `hexinfo:${text(context)}`, 'KBKDF'],
      );
      expect(text(own)).toBe(theirs);
    }
  });
});

describe('the keys of a domain by KDF3', () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, at) => 0x40 + at));
  // Check values of GlobalPlatformPro's TestPlaintextKeys, for diversification data 00 01 … 09.
  it.each([
    ['aes-128', 'E79C05', 'D1BD77', '3FDE8C'],
    ['aes-192', '1DE8EA', '47C00C', 'C04D76'],
    ['aes-256', '2972D2', '036F94', '5D57B8'],
  ] as const)('under %s have the check values that are published', async (algorithm, ...published) => {
    const master = masterKeyInMemory(algorithm, key.subarray(0, bytesOf[algorithm]));
    const found = [];
    for (const name of ['enc', 'mac', 'dek'] as const)
      found.push(
        checkValueOfBytes(
          algorithm,
          await kdf3Key(master, name, hex('00010203040506070809'), bytesOf[algorithm]),
        ),
      );
    expect(found).toEqual(published);
  });

  it('are the whole key that another implementation made', async () => {
    const master = masterKeyInMemory(
      'aes-256',
      hex('8C72C72CF908411653018807950D82FBAD947562F0828A0B10B8B9606ABF3BCD'),
    );
    const data = hex('D9B1DE5D0362DEDCE4FB');
    const made = '9aac5d0b3601f89438a0d9d0b6b256cfb47e6462dfa5228d3420c4ac7c224781';
    expect(text(await kdf3Key(master, 'enc', data, 32))).toBe(made);
    expect(text(await kdf3Key(master, 'enc', data, 16))).toBe(made.slice(0, 32));
  });
});

describe('3DES keys of a domain', () => {
  const master = masterKeyInMemory('3des', hex('404142434445464748494a4b4c4d4e4f'));
  const data = hex('00010203040506070809');
  // GlobalPlatformPro's TestPlaintextKeys, SCP02.
  it.each([
    ['emv', 'C33013', '6F4CA6', 'BB8179'],
    ['visa2', '2BE598', '58DA38', '3C328E'],
  ] as const)('by %s have the check values that are published', async (selection, ...published) => {
    const found = [];
    for (const name of ['enc', 'mac', 'dek'] as const)
      found.push(checkValueOfBytes('3des', await emvKey(master, selection, name, data)));
    expect(found).toEqual(published);
  });

  it('are two blocks of OpenSSL’s 3DES', async () => {
    const ecb = createCipheriv('des-ede-ecb', hex('404142434445464748494a4b4c4d4e4f'), null);
    const blocks = '040506070809f002040506070809' + '0f02';
    const theirs = ecb.setAutoPadding(false).update(hex(blocks));
    expect(text(await emvKey(master, 'emv', 'mac', data))).toBe(text(theirs));
  });

  it('are made of nothing but ten bytes and a 3DES key', () => {
    expect(() => emvKey(master, 'emv', 'enc', data.subarray(1))).toThrow('10 bytes');
    expect(() => emvKey(masterKeyInMemory('aes-128', new Uint8Array(16)), 'emv', 'enc', data)).toThrow(
      '3DES',
    );
  });
});

describe('a key check value', () => {
  it.each(['aes-128', 'aes-192', 'aes-256', '3des'] as const satisfies readonly MasterKeyAlgorithm[])(
    'of %s is three bytes of what OpenSSL encrypts',
    async (algorithm) => {
      const key = randomBytes(algorithm === '3des' ? 16 : bytesOf[algorithm]);
      const [cipher, block] =
        algorithm === '3des' ? ['des-ede-ecb', new Uint8Array(8)] : [`${algorithm}-ecb`, Buffer.alloc(16, 1)];
      const theirs = createCipheriv(cipher, key, null).setAutoPadding(false).update(block);
      const value = theirs.subarray(0, 3).toString('hex').toUpperCase();
      expect(await checkValueOf(masterKeyInMemory(algorithm, key))).toBe(value);
      expect(checkValueOfBytes(algorithm, key)).toBe(value);
    },
  );

  it('is not had of a key of another length', () => {
    expect(() => masterKeyInMemory('aes-256', new Uint8Array(16))).toThrow('32 bytes, not 16');
  });
});

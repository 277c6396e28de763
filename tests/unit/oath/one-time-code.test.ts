import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeCommand, fromHex, toHex, utf8 } from '../../../electron/shared/codec/index.ts';
import { codeOf, timeChallenge, truncated } from '../../../native/applications/oath/index.ts';
import { putCommand, type OathCredential } from '../../../native/applications/oath/credential.ts';

interface Vectors {
  readonly hotp: {
    readonly key: string;
    readonly rows: readonly {
      readonly counter: number;
      readonly hmac_sha1: string;
      readonly hotp6: string;
    }[];
  };
  readonly totp: {
    readonly step: number;
    readonly digits: number;
    readonly keys: Readonly<Record<'sha1' | 'sha256' | 'sha512', string>>;
    readonly rows: readonly {
      readonly time: number;
      readonly sha1: string;
      readonly sha256: string;
      readonly sha512: string;
    }[];
  };
}

export const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/oath/hotp-totp.json', import.meta.url), 'utf8'),
) as Vectors;

describe('codes from a hash', () => {
  it.each(vectors.hotp.rows)('HOTP of counter $counter', ({ hmac_sha1, hotp6 }) => {
    expect(codeOf(truncated(fromHex(hmac_sha1)), 6)).toBe(hotp6);
  });

  it.each(vectors.totp.rows)('TOTP at $time', (row) => {
    for (const algorithm of ['sha1', 'sha256', 'sha512'] as const) {
      const hmac = createHmac(algorithm, fromHex(vectors.totp.keys[algorithm]))
        .update(timeChallenge(row.time, vectors.totp.step))
        .digest();
      expect(codeOf(truncated(new Uint8Array(hmac)), vectors.totp.digits)).toBe(row[algorithm]);
    }
  });

  it('the challenge of a time is its step number in eight bytes', () => {
    expect(toHex(timeChallenge(59))).toBe('0000000000000001');
    expect(toHex(timeChallenge(20_000_000_000))).toBe('0000000027bc86aa');
    expect(toHex(timeChallenge(59, 60))).toBe('0000000000000000');
  });
});

describe('PUT, byte for byte', () => {
  const credential: OathCredential = {
    name: 'bank',
    kind: 'totp',
    algorithm: 'sha-256',
    digits: 8,
    secret: fromHex('3132333435363738393031323334353637383930'),
  };
  const put = (change: Partial<OathCredential> = {}): string => {
    const command = putCommand({ ...credential, ...change });
    return command.ok ? toHex(encodeCommand(command.value)) : command.fault.code;
  };

  it('carries name, kind, digits and key', () => {
    expect(put()).toBe('000100001e' + '710462616e6b' + '731622083132333435363738393031323334353637383930');
  });

  it('carries where HOTP begins', () => {
    expect(put({ kind: 'hotp', algorithm: 'sha-1', digits: 6, counter: 258 })).toBe(
      '0001000024' + '710462616e6b' + '731611063132333435363738393031323334353637383930' + '7a0400000102',
    );
  });

  it('fills a short key up and hashes a long one, as HMAC would', () => {
    expect(put({ secret: fromHex('0102') })).toContain(`73102208${'0102'.padEnd(28, '0')}`);
    const long = new Uint8Array(65).fill(7);
    const card = createHmac('sha256', long).update('x').digest('hex');
    const sent = put({ secret: long });
    const key = sent.slice(sent.indexOf('73222208') + 8);
    expect(key).toHaveLength(64);
    expect(createHmac('sha256', fromHex(key)).update('x').digest('hex')).toBe(card);
  });

  it.each([
    ['no name', { name: '' }],
    ['a name of 65 bytes', { name: 'x'.repeat(65) }],
    ['a name of 65 bytes in 22 characters', { name: '银'.repeat(22) }],
    ['no secret', { secret: new Uint8Array(0) }],
    ['five digits', { digits: 5 }],
    ['nine digits', { digits: 9 }],
    ['a counter for TOTP', { counter: 1 }],
    ['a counter below zero', { kind: 'hotp' as const, counter: -1 }],
    ['a counter beyond four bytes', { kind: 'hotp' as const, counter: 2 ** 32 }],
  ])('is refused with %s', (_, change) => {
    expect(put(change)).toBe('bad-input');
  });

  it('takes a name of 64 bytes', () => {
    expect(put({ name: 'x'.repeat(64) })).toContain(toHex(utf8('x'.repeat(64))));
  });
});

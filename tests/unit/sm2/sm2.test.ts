import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex, utf8 } from '../../../electron/shared/codec/index.ts';
import {
  sm2Identity,
  sm2PublicKey,
  sm2Sign,
  sm2Verify,
  sm2VerifyDigest,
  sm3,
} from '../../../electron/shared/codec/sm2/index.ts';

/* SM2 and SM3 against the values of GB/T 32905 and GB/T 32918.5, and of OpenSSL's own tests. */

interface Vectors {
  readonly sm2: {
    readonly curve: { readonly n: string };
    readonly private_key: string;
    readonly public_key: string;
    readonly user_id: string;
    readonly za: string;
    readonly k: string;
    readonly sign: { readonly message: string; readonly e: string; readonly r: string; readonly s: string };
  };
  readonly openssl_sm2_key1: {
    readonly pkcs8_pem_base64: string;
    readonly verify_prehashed: readonly { readonly input: string; readonly signature: string }[];
  };
  readonly sm3: readonly { readonly ascii: string; readonly digest: string }[];
}
const file = join(import.meta.dirname, '../../vectors/gm/gm-sm2-sm3-sm4.json');
const { sm2, openssl_sm2_key1: openssl, sm3: hashes } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;

const secret = fromHex(sm2.private_key);
const point = fromHex(sm2.public_key);
const message = utf8(sm2.sign.message);
const signature = fromHex(sm2.sign.r + sm2.sign.s);
const n = BigInt(`0x${sm2.curve.n}`);
const scalar = (number: bigint): Uint8Array => fromHex(number.toString(16).padStart(64, '0'));
const random = () => new Uint8Array(randomBytes(32));

/** r | s of ECDSA-Sig-Value. */
const plain = (der: string): Uint8Array => {
  const bytes = fromHex(der);
  const rLength = bytes[3] ?? 0;
  const number = (from: number, length: number) =>
    Buffer.from(bytes.subarray(from, from + length))
      .toString('hex')
      .replace(/^00(?=.{64})/, '')
      .padStart(64, '0');
  return fromHex(number(4, rLength) + number(6 + rLength, bytes[5 + rLength] ?? 0));
};

describe('SM3', () => {
  it.each(hashes)('of $ascii', ({ ascii, digest }) => {
    expect(toHex(sm3(utf8(ascii)))).toBe(digest);
  });

  it('pads every length so that no two messages share a block', () => {
    const all = Array.from({ length: 200 }, (_, length) => toHex(sm3(new Uint8Array(length))));
    expect(new Set(all).size).toBe(200);
  });
});

describe('SM2', () => {
  it('knows its public key, and the identity that is hashed before every message', () => {
    expect(toHex(sm2PublicKey(secret) ?? new Uint8Array())).toBe(sm2.public_key);
    expect(toHex(sm2Identity(point, sm2.user_id))).toBe(sm2.za);
    expect(toHex(sm3(concatBytes(fromHex(sm2.za), message)))).toBe(sm2.sign.e);
  });

  it('signs as the standard does with its scalar, and drops scalars that are out of range', () => {
    const drawn = [scalar(0n), scalar(n), scalar(n + 1n), fromHex(sm2.k)];
    const made = sm2Sign(secret, message, () => drawn.shift() ?? random());
    expect(toHex(made ?? new Uint8Array())).toBe(toHex(signature));
    expect(drawn).toEqual([]);
  });

  it('verifies what the standard and OpenSSL have signed', () => {
    expect(sm2Verify(point, message, signature)).toBe(true);
    const key = Buffer.from(openssl.pkcs8_pem_base64, 'base64');
    const theirs = new Uint8Array(key.subarray(-65));
    expect(openssl.verify_prehashed).toHaveLength(2);
    for (const { input, signature: der } of openssl.verify_prehashed) {
      expect(sm2VerifyDigest(theirs, fromHex(input), plain(der))).toBe(true);
      expect(sm2VerifyDigest(point, fromHex(input), plain(der))).toBe(false);
    }
  });

  it('takes a signature of its own, and none with a bit changed anywhere', () => {
    const own = random();
    own[0] = 1;
    const publicKey = sm2PublicKey(own)!;
    const signed = sm2Sign(own, message, random, { userId: 'Li Na' })!;
    expect(sm2Verify(publicKey, message, signed, { userId: 'Li Na' })).toBe(true);
    expect(sm2Verify(publicKey, message, signed)).toBe(false);
    for (const [what, bytes] of Object.entries({ signed, message, publicKey }))
      for (let at = 0; at < bytes.length; at += 5) {
        const changed = Uint8Array.from(bytes);
        changed[at]! ^= 1 << (at % 8);
        const given = { signed, message, publicKey, [what]: changed };
        expect(
          sm2Verify(given.publicKey, given.message, given.signed, { userId: 'Li Na' }),
          `${what} ${at}`,
        ).toBe(false);
      }
  });

  it('refuses numbers out of range, r + s = n, and points that are none', () => {
    const r = BigInt(`0x${sm2.sign.r}`);
    const s = BigInt(`0x${sm2.sign.s}`);
    const bad: readonly (readonly [bigint, bigint])[] = [
      [0n, s],
      [r, 0n],
      [n, s],
      [r, n],
      [r, n - r],
      [s, r],
    ];
    for (const [one, other] of bad)
      expect(sm2Verify(point, message, concatBytes(scalar(one), scalar(other)))).toBe(false);
    const offCurve = Uint8Array.from(point);
    offCurve[64]! ^= 1;
    const p256 =
      '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5';
    for (const key of [offCurve, fromHex(p256), point.subarray(1), new Uint8Array(65), new Uint8Array(0)])
      expect(sm2Verify(key, message, signature)).toBe(false);
    expect(sm2Verify(point, message, signature.subarray(0, 63))).toBe(false);
    expect(sm2VerifyDigest(point, new Uint8Array(31), signature)).toBe(false);
    for (const key of [scalar(0n), scalar(n - 1n), scalar(n), new Uint8Array(31)]) {
      expect(sm2PublicKey(key)).toBeUndefined();
      expect(sm2Sign(key, message, random)).toBeUndefined();
    }
  });
});

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { concatBytes, encodeTlv, fromHex, toHex, unwrapTlv } from '../../../electron/shared/codec/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import {
  encodeCcc,
  encodeCertificate,
  encodeChuid,
  encodeDiscovery,
  encodeFascn,
  encodeKeyHistory,
  encodeMarker,
  nonFederalFascn,
  parseCcc,
  parseCertificate,
  parseChuid,
  parseFascn,
  parseKeyHistory,
  parseMarker,
} from '../../../native/applications/piv/index.ts';
import { icam, objects } from '../../harness/piv-vectors.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};
const badAnswer = { ok: false, fault: { code: 'card-bad-answer' } };
/** Vectors come with and without the wrapping tag 53. */
const content = (hex: string): Uint8Array =>
  hex.startsWith('53') ? valueOf(unwrapTlv(fromHex(hex), 0x53)) : fromHex(hex);

describe('FASC-N', () => {
  it.each(objects.fascn)('$chars', (vector) => {
    const parsed = valueOf(parseFascn(fromHex(vector.hex)));
    expect(parsed).toEqual({
      agency: String(vector.agency).padStart(4, '0'),
      system: String(vector.system).padStart(4, '0'),
      credential: String(vector.credential).padStart(6, '0'),
      series: String(vector.cs),
      issue: String(vector.ici),
      person: vector.person,
      category: String(vector.oc),
      organization: String(vector.oi).padStart(4, '0'),
      association: String(vector.poa),
    });
    expect(toHex(encodeFascn(parsed))).toBe(vector.hex);
  });
  it('reads those of the test cards', () => {
    for (const card of icam.cards) {
      const parsed = valueOf(parseFascn(fromHex(card.parsed.chuid_fascn)));
      expect(card.parsed.chuid_fascn_chars).toContain(`S${parsed.agency}F${parsed.system}F`);
      expect(toHex(encodeFascn(parsed))).toBe(card.parsed.chuid_fascn);
    }
  });
  it('of an issuer outside the federal government', () => {
    expect(toHex(encodeFascn(nonFederalFascn))).toBe('d4e739da739ced39ce739d836858210842108421c84210c3eb');
  });
  it.each(objects.fascn_odd)('refuses $hex', ({ hex }) => {
    expect(parseFascn(fromHex(hex))).toMatchObject(badAnswer);
  });
  it('refuses every single flipped bit', () => {
    const right = fromHex(objects.fascn[0]!.hex);
    for (let bit = 0; bit < 200; bit++) {
      const flipped = Uint8Array.from(right);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(parseFascn(flipped).ok).toBe(false);
    }
  });
  it('throws for a field that does not fit', () => {
    expect(() => encodeFascn({ ...nonFederalFascn, agency: '99999' })).toThrow(/FASC-N/);
  });
});

describe('CHUID', () => {
  it.each(objects.chuid)('$source', ({ guid, expiry, hex }) => {
    const parsed = valueOf(parseChuid(content(hex)));
    expect(toHex(parsed.guid)).toBe(guid);
    expect(parsed.expiration).toBe(expiry.slice(0, 10));
  });
  it('writes what others write', () => {
    const { guid, expiry, hex } = objects.chuid[0]!;
    expect(toHex(encodeChuid({ guid: fromHex(guid), expiration: expiry }))).toBe(hex);
  });
  it('reads the signed ones of the test cards', () => {
    for (const card of icam.cards) {
      const parsed = valueOf(parseChuid(fromHex(card.chuid)));
      expect(toHex(parsed.guid)).toBe(card.parsed.chuid_guid);
      expect(parsed.expiration.replaceAll('-', '')).toBe(card.parsed.chuid_expiry);
      expect(parsed.signature.length).toBeGreaterThan(1000);
    }
  });
  const right = objects.chuid[0]!.hex;
  it.each([
    ['GUID of 11 bytes', `${right.slice(0, 54)}340b${'78'.repeat(11)}350832303330303130313e00fe00`],
    ['no signature field', right.replace('3e00', '3f00')],
    ['redundancy code that is not empty', right.replace('fe00', 'fe0101')],
    ['31 February', right.replace('3230333030313031', '3230333030323331')],
    ['letters for a date', right.replace('3230333030313031', '6161616161616161')],
    ['cut short', right.slice(0, -2)],
    ['nothing', ''],
  ])('refuses: %s', (_, hex) => {
    expect(parseChuid(fromHex(hex))).toMatchObject(badAnswer);
  });
});

describe('CCC, discovery, key history', () => {
  it('CCC as others write it', () => {
    const { card_id: cardId, hex } = objects.ccc[0]!;
    const written = encodeCcc(fromHex(cardId!));
    expect(toHex(encodeTlv(0x53, written))).toBe(hex);
    expect(toHex(valueOf(parseCcc(written)).cardIdentifier)).toBe(`a000000116ff02${cardId!}`);
    expect(parseCcc(content(objects.ccc[1]!.hex)).ok).toBe(true);
    expect(parseCcc(fromHex('f1012153'))).toMatchObject(badAnswer);
  });
  it('discovery as on the test cards', () => {
    expect(toHex(encodeTlv(0x7e, encodeDiscovery()))).toBe(icam.cards[0]!.discovery);
  });
  it('key history', () => {
    expect(toHex(encodeKeyHistory(2))).toBe('c10102c20100f300fe00');
    expect(valueOf(parseKeyHistory(encodeKeyHistory(20)))).toEqual({
      keysWithOnCardCertificates: 20,
      keysWithOffCardCertificates: 0,
    });
    expect(parseKeyHistory(fromHex('c10102fe00'))).toMatchObject(badAnswer);
    expect(() => encodeKeyHistory(21)).toThrow();
  });
});

describe('certificate object', () => {
  const der = Buffer.from(icam.cards[0]!.piv_auth_cert_der_base64, 'base64');
  it('keeps the certificate as it is', () => {
    const written = encodeCertificate(der);
    expect(toHex(written.subarray(0, 2))).toBe('7082');
    expect(toHex(written.subarray(-5))).toBe('710100fe00');
    expect(valueOf(parseCertificate(written))).toEqual(new Uint8Array(der));
  });
  it('unpacks a gzipped one', () => {
    const packed = concatBytes(encodeTlv(0x70, gzipSync(der)), fromHex('710101fe00'));
    expect(valueOf(parseCertificate(packed))).toEqual(new Uint8Array(der));
  });
  it.each([
    ['empty', '7000710100fe00'],
    ['said to be gzip and is not', '70023082710101fe00'],
    ['no certificate', '710100fe00'],
    ['cut short', '7082'],
  ])('refuses: %s', (_, hex) => {
    expect(parseCertificate(fromHex(hex))).toMatchObject(badAnswer);
  });
  it('stops a decompression bomb', () => {
    const bomb = concatBytes(encodeTlv(0x70, gzipSync(new Uint8Array(10_000_000))), fromHex('710101fe00'));
    expect(parseCertificate(bomb)).toMatchObject(badAnswer);
  });
});

describe('marker', () => {
  const marker = {
    cardId: 'CW-2026-000123',
    certificateSha256: 'ab'.repeat(32),
    userInfoSha256: 'cd'.repeat(32),
  };
  it('reads back what it wrote', () => {
    const written = encodeMarker(marker);
    expect(toHex(written)).toBe(
      `800101810e${Buffer.from(marker.cardId).toString('hex')}8220${'ab'.repeat(32)}8320${'cd'.repeat(32)}`,
    );
    expect(valueOf(parseMarker(written))).toEqual(marker);
  });
  it('refuses another version, a missing field and every cut', () => {
    const written = encodeMarker(marker);
    const future = Uint8Array.from(written);
    future[2] = 2;
    expect(parseMarker(future)).toMatchObject(badAnswer);
    for (let length = 0; length < written.length; length++)
      expect(parseMarker(written.subarray(0, length))).toMatchObject(badAnswer);
  });
});

import { describe, expect, it } from 'vitest';
import {
  encodeDataGroupHashes,
  fromHex,
  parseDataGroupHashes,
  toHex,
} from '../../../electron/shared/codec/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import {
  containers,
  encodeSecurityObject,
  objectHash,
  objectsThatDiffer,
  parseSecurityObject,
} from '../../../native/applications/piv/index.ts';
import { icam } from '../../harness/piv-vectors.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

/** The signed content of a CMS without a certificate in it: the LDSSecurityObject is the one SEQUENCE with version 0 and SHA-256. */
const signedContent = (cms: Uint8Array): Uint8Array => {
  const at = toHex(cms).indexOf('020100300d060960864801650304020105003081') / 2 - 3;
  return cms.subarray(at, at + 3 + (cms[at + 2] ?? 0));
};

describe.each(icam.cards.map((card) => [card.parsed.chuid_guid, card] as const))(
  'the test card %s',
  (_, card) => {
    const parsed = valueOf(parseSecurityObject(fromHex(card.security)));
    const hashes = valueOf(parseDataGroupHashes(signedContent(parsed.signed)));
    const objects = new Map<number, Uint8Array | undefined>([
      [containers.chuid, fromHex(card.chuid)],
      [containers.printedInformation, fromHex(card.printed)],
    ]);

    it('has the objects that its issuer signed', () => {
      expect(parsed.groups.map(({ container }) => container.toString(16))).toEqual([
        '3000',
        '6030',
        '6010',
        '3001',
      ]);
      expect(hashes).toHaveLength(4);
      expect(objectsThatDiffer(parsed, hashes, objects)).toEqual([]);
    });

    it('is found out when any byte of one is another, one is gone, or one is not vouched for', () => {
      const chuid = fromHex(card.chuid);
      for (let at = 0; at < chuid.length; at += 50) {
        const flipped = Uint8Array.from(chuid);
        flipped[at]! ^= 0x01;
        expect(objectsThatDiffer(parsed, hashes, new Map([[containers.chuid, flipped]]))).toEqual([0x3000]);
      }
      expect(objectsThatDiffer(parsed, hashes, new Map([[containers.chuid, undefined]]))).toEqual([0x3000]);
      const discovery = new Map([[containers.discovery, fromHex(card.discovery)]]);
      expect(objectsThatDiffer(parsed, hashes, discovery)).toEqual([0x6050]);
    });

    it('is encoded to the same bytes', () => {
      expect(toHex(encodeSecurityObject(parsed))).toBe(card.security);
      expect(toHex(encodeDataGroupHashes(hashes))).toBe(toHex(signedContent(parsed.signed)));
    });
  },
);

it('damaged ones are refused', () => {
  const [card] = icam.cards;
  for (const content of [
    '',
    'ba00bb00fe00',
    'ba020130bb0101fe00',
    'bb0101fe00',
    card!.security.slice(0, 200),
  ])
    expect(parseSecurityObject(fromHex(content)).ok, content).toBe(false);
  for (const der of ['', '3000', '300f020100300d06096086480165030402010500', '30053003020100'])
    expect(parseDataGroupHashes(fromHex(der)).ok, der).toBe(false);
  const hashes = [{ dataGroup: 1, sha256: objectHash(fromHex('01')) }];
  expect(valueOf(parseDataGroupHashes(encodeDataGroupHashes(hashes)))).toEqual(hashes);
});

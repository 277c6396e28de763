import { describe, expect, it } from 'vitest';
import {
  concatBytes,
  encodeCommand,
  encodeTlv,
  fromHex,
  toHex,
} from '../../../electron/shared/codec/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import { getData } from '../../../native/applications/globalplatform/card/get-data.ts';
import { parseProductionData } from '../../../native/applications/globalplatform/card/production-data.ts';
import { parseRecognitionData } from '../../../native/applications/globalplatform/card/recognition-data.ts';
import { parseKeyInformation } from '../../../native/applications/globalplatform/channel/index.ts';
import {
  deleteKeys,
  deleteObject,
  installForInstall,
  installForLoad,
  installForPersonalization,
  loadBlocks,
  setStatus,
  storeDataBlocks,
} from '../../../native/applications/globalplatform/content/content-commands.ts';
import {
  getStatus,
  parseApplicationEntries,
  parseDomainEntries,
  parsePackageEntries,
  registryPart,
} from '../../../native/applications/globalplatform/content/get-status.ts';
import {
  applicationLifeCycle,
  cardLifeCycle,
} from '../../../native/applications/globalplatform/content/life-cycle.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};
const hexOf = (command: Parameters<typeof encodeCommand>[0]): string => toHex(encodeCommand(command));

const packageAid = fromHex('d276000124010a');
const moduleAid = fromHex('d276000124010a01');

describe('commands, byte for byte', () => {
  it.each([
    ['GET DATA of production data', getData(0x9f7f), '80ca9f7f00'],
    ['GET DATA of the key list', getData(0xe0), '80ca00e000'],
    ['GET STATUS of the domain', getStatus(registryPart.issuerDomain), '80f28002024f0000'],
    ['GET STATUS, the rest', getStatus(registryPart.packagesAndModules, true), '80f21003024f0000'],
    ['DELETE', deleteObject(packageAid, false), '80e40000094f07d276000124010a00'],
    ['DELETE with all that came from it', deleteObject(packageAid, true), '80e40080094f07d276000124010a00'],
    ['DELETE of keys', deleteKeys(0x30), '80e4000003d2013000'],
    ['INSTALL for load', installForLoad({ packageAid }), '80e602000c07d276000124010a0000000000'],
    [
      'INSTALL for load with domain and hash',
      installForLoad({
        packageAid,
        domainAid: fromHex('a000000151000000'),
        hash: new Uint8Array(20).fill(0xab),
      }),
      `80e602002807d276000124010a08a00000015100000014${'ab'.repeat(20)}000000`,
    ],
    [
      'INSTALL for install',
      installForInstall({
        packageAid,
        moduleAid,
        instanceAid: moduleAid,
        privileges: fromHex('00'),
        parameters: new Uint8Array(0),
      }),
      '80e60c002007d276000124010a08d276000124010a0108d276000124010a01010002c9000000',
    ],
    [
      'INSTALL for personalization',
      installForPersonalization(moduleAid),
      '80e620000e000008d276000124010a0100000000',
    ],
    ['SET STATUS of the card', setStatus(0x0f), '80f0800f00'],
    ['SET STATUS of an application', setStatus(0x80, moduleAid), '80f0408008d276000124010a0100'],
  ])('%s', (_, command, expected) => {
    expect(hexOf(command)).toBe(expected);
  });

  it('INSTALL writes a parameter of 128 bytes and more with a length of two', () => {
    const command = installForInstall({
      packageAid,
      moduleAid,
      instanceAid: moduleAid,
      privileges: fromHex('00'),
      parameters: new Uint8Array(130).fill(1),
    });
    expect(toHex(command.data!)).toContain('01008185c98182010101');
  });

  it('LOAD counts its blocks and names the last', () => {
    const blocks = loadBlocks(new Uint8Array(500), 239);
    expect(blocks.map(({ p1, p2, data }) => [p1, p2, data!.length])).toEqual([
      [0x00, 0, 239],
      [0x00, 1, 239],
      [0x80, 2, 22],
    ]);
    expect(loadBlocks(new Uint8Array(478), 239).map(({ p1 }) => p1)).toEqual([0x00, 0x80]);
  });

  it('STORE DATA sets b8 of P1 on the last block only', () => {
    const p1s = (format: 'plain' | 'dataGroups' | 'tlv', length: number) =>
      storeDataBlocks(new Uint8Array(length), format, 100).map(({ ins, p1, p2 }) => [ins, p1, p2]);
    expect(p1s('tlv', 250)).toEqual([
      [0xe2, 0x10, 0],
      [0xe2, 0x10, 1],
      [0xe2, 0x90, 2],
    ]);
    expect(p1s('dataGroups', 100)).toEqual([[0xe2, 0x88, 0]]);
    expect(p1s('plain', 0)).toEqual([[0xe2, 0x80, 0]]);
  });
});

describe('life cycles', () => {
  it.each([
    [0x01, 'op-ready'],
    [0x07, 'initialized'],
    [0x0f, 'secured'],
    [0x7f, 'card-locked'],
    [0xff, 'terminated'],
    [0x03, 'unknown'],
  ])('of the card: %i is %s', (byte, state) => {
    expect(cardLifeCycle(byte)).toBe(state);
  });
  it.each([
    [0x03, 'installed'],
    [0x07, 'selectable'],
    [0x0f, 'personalized'],
    [0x17, 'personalized'],
    [0x83, 'locked'],
    [0x87, 'locked'],
    [0x8f, 'locked'],
    [0x00, 'unknown'],
  ])('of an application: %i is %s', (byte, state) => {
    expect(applicationLifeCycle(byte)).toBe(state);
  });
});

describe('the registry of a card', () => {
  it('tells the domain', () => {
    const [domain] = valueOf(parseDomainEntries(fromHex('e3154f08a0000001510000009f700107c5039efe80ce00')));
    expect(domain).toEqual({
      aid: fromHex('a000000151000000'),
      state: 'initialized',
      privileges: fromHex('9efe80'),
    });
  });

  it('tells applications with package and domain, and their state of two bytes', () => {
    const entry = encodeTlv(
      0xe3,
      encodeTlv(0x4f, moduleAid),
      encodeTlv(0x9f70, fromHex('0700')),
      encodeTlv(0xc5, fromHex('800000')),
      encodeTlv(0xc4, packageAid),
      encodeTlv(0xcc, fromHex('a000000151000000')),
    );
    expect(valueOf(parseApplicationEntries(concatBytes(entry, entry)))).toHaveLength(2);
    expect(valueOf(parseApplicationEntries(entry))[0]).toEqual({
      aid: moduleAid,
      state: 'selectable',
      lifeCycle: 0x07,
      privileges: fromHex('800000'),
      isSecurityDomain: true,
      packageAid,
      domainAid: fromHex('a000000151000000'),
    });
  });

  it('tells packages with version and modules', () => {
    const entry = encodeTlv(
      0xe3,
      encodeTlv(0x4f, packageAid),
      encodeTlv(0x9f70, fromHex('01')),
      encodeTlv(0xce, fromHex('0102')),
      encodeTlv(0x84, moduleAid),
      encodeTlv(0x84, fromHex('d276000124010a02')),
    );
    expect(valueOf(parsePackageEntries(entry))[0]).toMatchObject({
      version: { major: 1, minor: 2 },
      modules: [moduleAid, fromHex('d276000124010a02')],
    });
  });

  it.each(['e3', 'e20100', 'e3034f01a0', 'e3049f700107', 'e3ff', '00'])(
    'that is damaged is a bad answer: %s',
    (hex) => {
      for (const parse of [parseDomainEntries, parseApplicationEntries, parsePackageEntries])
        expect(parse(fromHex(hex))).toMatchObject({ fault: { code: 'card-bad-answer' } });
    },
  );
});

describe('what a card tells of itself', () => {
  const production = '479050402241000000830100a1b2c3d41122'.padEnd(84, '0');

  it('production data, with its tag and without', () => {
    for (const hex of [`9f7f2a${production}`, production])
      expect(valueOf(parseProductionData(fromHex(hex)))).toMatchObject({
        icFabricator: '4790',
        icType: '5040',
        operatingSystem: '2241',
        icDate: '0100',
        icSerial: 'a1b2c3d4',
        icBatch: '1122',
        cardId: '479050401122a1b2c3d4',
      });
    expect(parseProductionData(fromHex(production.slice(2))).ok).toBe(false);
  });

  it('its specification and secure channels', () => {
    // As JCOP cards answer it; the second channel is added.
    const objects = fromHex(
      '06072a864886fc6b01600c060a2a864886fc6b02020101630906072a864886fc6b03640b06092a864886fc6b040215' +
        '640b06092a864886fc6b040370650b06092b8510864864020103660c060a2b060104012a026e0102',
    );
    const hex = encodeTlv(0x66, encodeTlv(0x73, objects));
    expect(valueOf(parseRecognitionData(hex))).toEqual({
      version: '2.1.1',
      channels: [
        { protocol: 2, options: 0x15 },
        { protocol: 3, options: 0x70 },
      ],
    });
  });

  it.each(['66', '6600', '66027300ff', '660a73086406060400000001', '5f0000'])(
    'a damaged recognition template is a bad answer or empty: %s',
    (hex) => {
      const result = parseRecognitionData(fromHex(hex));
      if (!result.ok) expect(result.fault.code).toBe('card-bad-answer');
    },
  );

  it('its keys', () => {
    expect(valueOf(parseKeyInformation(fromHex('e015c00401ff8010c00402308820c00703308820abcdef')))).toEqual([
      { id: 1, version: 0xff, type: '3des', length: 16, checkValue: undefined },
      { id: 2, version: 0x30, type: 'aes', length: 32, checkValue: undefined },
      { id: 3, version: 0x30, type: 'aes', length: 32, checkValue: fromHex('abcdef') },
    ]);
    expect(valueOf(parseKeyInformation(fromHex('e008c0060170ff880010')))[0]).toMatchObject({
      id: 1,
      type: undefined,
      length: undefined,
    });
    expect(parseKeyInformation(fromHex('e004c0020130'))).toMatchObject({
      fault: { code: 'card-bad-answer' },
    });
  });
});

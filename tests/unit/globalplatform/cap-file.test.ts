import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { concatBytes, fromHex, toHex, unwrapTlv, utf8 } from '../../../electron/shared/codec/index.ts';
import type { Result } from '../../../electron/shared/result/index.ts';
import { parseCapFile } from '../../../native/applications/globalplatform/cap/cap-file.ts';
import { loadFile, loadFileHash } from '../../../native/applications/globalplatform/cap/load-file.ts';
import { readZip } from '../../../native/applications/globalplatform/cap/zip.ts';
import { capArchive, capComponents, zipOf } from '../../../electron/bank-server/training/cap-archive.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

describe('a ZIP archive', () => {
  const files = [
    { path: 'a/stored.txt', bytes: utf8('as it is'), stored: true },
    { path: 'a/deflated.txt', bytes: utf8('squeezed '.repeat(100)) },
    { path: 'empty', bytes: new Uint8Array(0) },
  ];

  it('gives its files back, stored and deflated, behind a comment too', () => {
    for (const comment of ['', 'made by a tool PK'])
      expect(valueOf(readZip(zipOf(files, comment))).map(({ path, bytes }) => [path, toHex(bytes)])).toEqual(
        files.map(({ path, bytes }) => [path, toHex(bytes)]),
      );
  });

  it('that unpacks to more than the limit is refused', () => {
    const bomb = zipOf([{ path: 'bomb', bytes: new Uint8Array(1_000_000) }]);
    expect(readZip(bomb, 999_999)).toMatchObject({ fault: { code: 'applet-damaged' } });
    expect(readZip(bomb, 1_000_000).ok).toBe(true);
  });

  it('that lies about the unpacked length is refused', () => {
    const bytes = zipOf([{ path: 'bomb', bytes: new Uint8Array(100_000) }]);
    // The length in the directory entry, which stands in front of the end record.
    const entry = Buffer.from(bytes).lastIndexOf(Buffer.from('504b0102', 'hex'));
    new DataView(bytes.buffer).setUint32(entry + 24, 10, true);
    expect(readZip(bytes).ok).toBe(false);
  });

  it('with two files of one name is refused', () => {
    expect(readZip(zipOf([files[0]!, files[0]!])).ok).toBe(false);
  });

  it('with a wrong checksum is refused', () => {
    const bytes = zipOf([files[0]!]);
    bytes[Buffer.from(bytes).indexOf('as it is')]! ^= 1;
    expect(readZip(bytes).ok).toBe(false);
  });

  it('is refused when it is cut anywhere', () => {
    const bytes = zipOf(files);
    for (let length = 0; length < bytes.length; length++)
      expect(readZip(bytes.subarray(0, length)).ok, `${length} bytes`).toBe(false);
  });
});

describe('a CAP file', () => {
  it.each(['2.1', '2.2'] as const)('of format %s tells package, version, applets and imports', (format) => {
    const cap = valueOf(parseCapFile(capArchive({ format })));
    expect({
      package: toHex(cap.packageAid),
      version: cap.version,
      applets: cap.appletAids.map(toHex),
      imports: cap.imports.map(({ aid, version }) => [toHex(aid), version]),
    }).toEqual({
      package: 'd276000124010a',
      version: { major: 1, minor: 2 },
      applets: ['d276000124010a01'],
      imports: [['a0000000620101', { major: 1, minor: 6 }]],
    });
  });

  it('is loaded component by component in the order of the specification, without Debug', () => {
    const components = capComponents();
    const order = [
      'Header',
      'Directory',
      'Import',
      'Applet',
      'Class',
      'Method',
      'StaticField',
      'ConstantPool',
    ];
    const expected = concatBytes(
      ...[...order, 'RefLocation', 'Descriptor'].map((name) => components.get(name)!),
    );
    const cap = valueOf(parseCapFile(capArchive()));
    expect(toHex(cap.code)).toBe(toHex(expected));
    expect(toHex(valueOf(unwrapTlv(loadFile(cap), 0xc4)))).toBe(toHex(expected));
    expect(toHex(loadFileHash(cap, 'sha-1'))).toBe(createHash('sha1').update(expected).digest('hex'));
    expect(toHex(loadFileHash(cap, 'sha-256'))).toBe(createHash('sha256').update(expected).digest('hex'));
  });

  it('carries signatures of security domains in front', () => {
    const cap = valueOf(parseCapFile(capArchive()));
    const signed = loadFile(cap, [{ domainAid: fromHex('a000000151000001'), signature: fromHex('aabbcc') }]);
    expect(toHex(signed)).toBe(`e20f4f08a000000151000001c303aabbcc${toHex(loadFile(cap))}`);
  });

  it('may lack what not every package has', () => {
    const components = capComponents({ appletAids: [] });
    components.delete('Applet');
    components.delete('Descriptor');
    const directory = components.get('Directory')!;
    directory.set([0, 0], 3 + 2 * 3 - 2);
    expect(valueOf(parseCapFile(capArchive({}, components))).appletAids).toEqual([]);
  });

  const changed = (name: string, change: (bytes: Uint8Array) => Uint8Array | undefined) => {
    const components = capComponents();
    const bytes = change(Uint8Array.from(components.get(name)!));
    if (bytes === undefined) components.delete(name);
    else components.set(name, bytes);
    return parseCapFile(capArchive({}, components));
  };
  const poked = (at: number, value: number) => (bytes: Uint8Array) => {
    bytes[at] = value;
    return bytes;
  };

  it.each([
    ['without a header', 'Header', () => undefined],
    ['without a method component', 'Method', () => undefined],
    ['with another magic', 'Header', poked(3, 0)],
    ['with a component of another kind', 'Class', poked(0, 7)],
    [
      'with a component longer than it says',
      'Class',
      (bytes: Uint8Array) => concatBytes(bytes, fromHex('00')),
    ],
    ['with a component shorter than it says', 'Class', (bytes: Uint8Array) => bytes.subarray(0, -1)],
    ['with an AID that runs over the end', 'Header', poked(12, 16)],
    ['with an AID of three bytes', 'Header', poked(12, 3)],
    ['with an applet of another provider', 'Applet', poked(5, 0xff)],
    ['with more applets than it says', 'Applet', poked(3, 0)],
    ['with fewer applets than it says', 'Applet', poked(3, 2)],
    ['with fewer imports than it says', 'Import', poked(3, 2)],
    ['with a directory that counts another length', 'Directory', poked(3, 1)],
    ['with a directory that counts other applets', 'Directory', poked(3 + 24 + 7, 3)],
  ] as const)('%s is damaged', (_, name, change) => {
    expect(changed(name, change)).toMatchObject({ fault: { code: 'applet-damaged' } });
  });

  it('of the extended format is refused as unsupported', () => {
    expect(changed('Header', poked(3 + 6, 0x0c))).toMatchObject({ fault: { code: 'card-unsupported' } });
  });

  it('with two packages is refused', () => {
    const [header] = [...capComponents().values()];
    expect(
      parseCapFile(
        zipOf([
          { path: 'a/Header.cap', bytes: header! },
          { path: 'b/Header.cap', bytes: header! },
        ]),
      ),
    ).toMatchObject({ fault: { code: 'applet-damaged' } });
  });

  it('with any byte changed is read or refused, and nothing is thrown', () => {
    const archive = capArchive();
    for (let at = 0; at < archive.length; at += 3) {
      const flipped = Uint8Array.from(archive);
      flipped[at]! ^= 0xff;
      const result = parseCapFile(flipped);
      if (!result.ok) expect(['applet-damaged', 'card-unsupported']).toContain(result.fault.code);
    }
  });
});

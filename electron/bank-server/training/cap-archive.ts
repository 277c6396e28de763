import { crc32, deflateRawSync } from 'node:zlib';
import { concatBytes, fromHex, utf8 } from '../../shared/codec/index.ts';

interface ArchiveFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly stored?: boolean;
}

const little = (value: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => Math.floor(value / 256 ** at) % 256);

/** A ZIP archive as a JAR tool writes it. */
export const zipOf = (files: readonly ArchiveFile[], comment = ''): Uint8Array => {
  const locals: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { path, bytes, stored = false } of files) {
    const name = utf8(path);
    const packed = stored ? bytes : new Uint8Array(deflateRawSync(bytes));
    const shared = concatBytes(
      little(20, 2),
      little(0, 2),
      little(stored ? 0 : 8, 2),
      little(0, 4),
      little(crc32(bytes), 4),
      little(packed.length, 4),
      little(bytes.length, 4),
      little(name.length, 2),
    );
    // The local header carries an extra field that the directory does not have.
    const extra = fromHex('cafe0000');
    const local = concatBytes(fromHex('504b0304'), shared, little(extra.length, 2), name, extra, packed);
    directory.push(
      concatBytes(
        fromHex('504b0102'),
        little(20, 2),
        shared,
        little(0, 2),
        little(0, 2),
        little(0, 2),
        little(0, 2),
        little(0, 4),
        little(at, 4),
        name,
      ),
    );
    locals.push(local);
    at += local.length;
  }
  const entries = concatBytes(...directory);
  return concatBytes(
    ...locals,
    entries,
    fromHex('504b0506'),
    little(0, 4),
    little(files.length, 2),
    little(files.length, 2),
    little(entries.length, 4),
    little(at, 4),
    little(comment.length, 2),
    utf8(comment),
  );
};

export interface CapSource {
  readonly packageAid?: string;
  readonly version?: { readonly major: number; readonly minor: number };
  readonly appletAids?: readonly string[];
  /** Bytes of byte code, so that a file gets as long as a test wants. */
  readonly methodLength?: number;
  readonly format?: '2.1' | '2.2';
}

const counted = (hex: string): Uint8Array => concatBytes(new Uint8Array([hex.length / 2]), fromHex(hex));

/** The components of a small package, each with tag and length. */
export const capComponents = ({
  packageAid = 'd276000124010a',
  version = { major: 1, minor: 2 },
  appletAids = ['d276000124010a01'],
  methodLength = 100,
  format = '2.2',
}: CapSource = {}): Map<string, Uint8Array> => {
  const bodies: [string, number, Uint8Array][] = [
    [
      'Header',
      1,
      concatBytes(
        fromHex(`decaffed${format === '2.2' ? '0202' : '0102'}04`),
        new Uint8Array([version.minor, version.major]),
        counted(packageAid),
        ...(format === '2.2' ? [new Uint8Array([0])] : []),
      ),
    ],
    ['Import', 4, concatBytes(fromHex('010601'), counted('a0000000620101'))],
    [
      'Applet',
      3,
      concatBytes(
        new Uint8Array([appletAids.length]),
        ...appletAids.map((aid) => concatBytes(counted(aid), fromHex('0008'))),
      ),
    ],
    ['Class', 6, new Uint8Array(23).fill(6)],
    ['Method', 7, Uint8Array.from({ length: methodLength }, (_, at) => (at * 7) & 0xff)],
    ['StaticField', 8, new Uint8Array(10)],
    ['ConstantPool', 5, new Uint8Array(18).fill(5)],
    ['RefLocation', 9, new Uint8Array(8).fill(9)],
    ['Descriptor', 11, new Uint8Array(40).fill(11)],
  ];
  const counts = format === '2.2' ? 12 : 11;
  const directory = new Uint8Array(2 * counts + 9);
  const sizes = new DataView(directory.buffer);
  for (const [, tag, body] of bodies) sizes.setUint16(2 * tag - 2, body.length);
  sizes.setUint16(2, directory.length);
  directory[2 * counts + 6] = 1;
  directory[2 * counts + 7] = appletAids.length;
  return new Map(
    [...bodies, ['Directory', 2, directory] as const].map(([name, tag, body]) => [
      name,
      concatBytes(new Uint8Array([tag, body.length >> 8, body.length & 0xff]), body),
    ]),
  );
};

/** A CAP file as the Java Card converter packs it, with a manifest and a debug component beside. */
export const capArchive = (source: CapSource = {}, components = capComponents(source)): Uint8Array =>
  zipOf([
    { path: 'META-INF/', bytes: new Uint8Array(0), stored: true },
    { path: 'META-INF/MANIFEST.MF', bytes: utf8('Manifest-Version: 1.0\r\n') },
    ...[...components].map(([name, bytes]) => ({ path: `org/example/bank/javacard/${name}.cap`, bytes })),
    { path: 'org/example/bank/javacard/Debug.cap', bytes: fromHex('0c0001ff'), stored: true },
  ]);

import { concatBytes, toHex } from '../codec/index.ts';
import { fail, ok, type Result } from '../result/index.ts';
import { readZip, type Unpacking, type ZipEntry } from './zip.ts';

export interface PackageVersion {
  readonly major: number;
  readonly minor: number;
}

/** A checked CAP file: a Java Card package ready to be loaded. */
export interface CapFile {
  readonly packageAid: Uint8Array;
  readonly version: PackageVersion;
  /** Classes that can be installed, by their AID. */
  readonly appletAids: readonly Uint8Array[];
  /** Packages that have to be on the card already. */
  readonly imports: readonly { readonly aid: Uint8Array; readonly version: PackageVersion }[];
  /** The components one after another in the order of loading: what the load-file hash covers. */
  readonly code: Uint8Array;
}

/**
 * Reads and checks a CAP file (Java Card VM specification 3.0.5, chapter 6): components in one folder, each
 * with its tag and length, magic, AIDs, and the directory that lists the length of each.
 * Faults: applet-damaged, card-unsupported (the extended format).
 */
export const parseCapFile = (archive: Uint8Array, unpacking: Unpacking): Result<CapFile> => {
  const entries = readZip(archive, unpacking);
  if (!entries.ok) return entries;
  const components = componentsOf(entries.value);
  if (!components.ok) return components;
  const bodies = components.value;
  const header = parseHeader(bodies.get('Header'));
  if (header === undefined) return damaged('header');
  if ((header.flags & EXTENDED) !== 0) return fail('card-unsupported', { what: 'extended-cap-file' });
  const appletAids = bodies.has('Applet') ? parseApplets(bodies.get('Applet')) : [];
  const imports = parseImports(bodies.get('Import'));
  if (appletAids === undefined) return damaged('applets');
  if (imports === undefined) return damaged('imports');
  // Package and applets share the first five bytes, the registered provider (ISO/IEC 7816-5).
  const provider = toHex(header.packageAid.subarray(0, 5));
  if (appletAids.some((aid) => toHex(aid.subarray(0, 5)) !== provider)) return damaged('provider');
  if (!directoryAgrees(bodies, appletAids.length, imports.length)) return damaged('directory');
  return ok({
    packageAid: header.packageAid,
    version: header.version,
    appletAids,
    imports,
    code: concatBytes(
      ...loadOrder.flatMap((name) => {
        const body = bodies.get(name);
        return body === undefined ? [] : [componentBytes(name, body)];
      }),
    ),
  });
};

/** Order of loading, as the specification recommends it: each component comes after those it needs. */
const loadOrder = [
  'Header',
  'Directory',
  'Import',
  'Applet',
  'Class',
  'Method',
  'StaticField',
  'Export',
  'ConstantPool',
  'RefLocation',
  'Descriptor',
] as const;
type ComponentName = (typeof loadOrder)[number];

const tags: Readonly<Record<ComponentName, number>> = {
  Header: 1,
  Directory: 2,
  Applet: 3,
  Import: 4,
  ConstantPool: 5,
  Class: 6,
  Method: 7,
  StaticField: 8,
  RefLocation: 9,
  Export: 10,
  Descriptor: 11,
};

const optional: ReadonlySet<ComponentName> = new Set(['Applet', 'Export', 'Descriptor']);

const MAGIC = 'decaffed';
const EXTENDED = 0x08;

/** What stands behind tag and length of each component; Debug and what tools add stays out of the card. */
const componentsOf = (entries: readonly ZipEntry[]): Result<ReadonlyMap<ComponentName, Uint8Array>> => {
  const header = entries.filter(({ path }) => /(^|\/)Header\.cap$/.test(path));
  const [only] = header;
  if (only === undefined || header.length > 1) return damaged('one-package');
  const folder = only.path.slice(0, -'Header.cap'.length);
  const found = new Map<ComponentName, Uint8Array>();
  for (const name of loadOrder) {
    const bytes = entries.find(({ path }) => path === `${folder}${name}.cap`)?.bytes;
    if (bytes === undefined) {
      if (!optional.has(name)) return damaged(`component-${name}`);
      continue;
    }
    const [tag, high, low] = bytes;
    if (
      tag !== tags[name] ||
      high === undefined ||
      low === undefined ||
      bytes.length !== 3 + high * 256 + low
    )
      return damaged(`component-${name}`);
    found.set(name, bytes.subarray(3));
  }
  return ok(found);
};

const componentBytes = (name: ComponentName, body: Uint8Array): Uint8Array =>
  concatBytes(new Uint8Array([tags[name], body.length >> 8, body.length & 0xff]), body);

const parseHeader = (
  body: Uint8Array | undefined,
): { packageAid: Uint8Array; version: PackageVersion; flags: number } | undefined => {
  if (body === undefined || toHex(body.subarray(0, 4)) !== MAGIC) return undefined;
  // magic 4 | format minor, major | flags | package minor, major | AID length | AID [| name]
  const [flags, minor, major, length] = body.subarray(6);
  if (flags === undefined || minor === undefined || major === undefined || length === undefined)
    return undefined;
  const packageAid = body.subarray(10, 10 + length);
  return isAid(packageAid, length) ? { packageAid, version: { major, minor }, flags } : undefined;
};

/** count | { length | AID | install method 2 } … */
const parseApplets = (body: Uint8Array | undefined): readonly Uint8Array[] | undefined => {
  if (body === undefined) return undefined;
  const aids: Uint8Array[] = [];
  let at = 1;
  for (let number = 0; number < (body[0] ?? 0); number++) {
    const length = body[at] ?? 0;
    const aid = body.subarray(at + 1, at + 1 + length);
    at += 1 + length + 2;
    if (!isAid(aid, length) || at > body.length) return undefined;
    aids.push(aid);
  }
  return at === body.length && aids.length > 0 ? aids : undefined;
};

/** count | { minor | major | length | AID } … */
const parseImports = (body: Uint8Array | undefined): CapFile['imports'] | undefined => {
  if (body === undefined) return undefined;
  const imports: { aid: Uint8Array; version: PackageVersion }[] = [];
  let at = 1;
  for (let number = 0; number < (body[0] ?? 0); number++) {
    const [minor, major, length] = body.subarray(at);
    if (minor === undefined || major === undefined || length === undefined) return undefined;
    const aid = body.subarray(at + 3, at + 3 + length);
    if (!isAid(aid, length)) return undefined;
    imports.push({ aid, version: { major, minor } });
    at += 3 + length;
  }
  return at === body.length ? imports : undefined;
};

/** ISO/IEC 7816-5: 5 to 16 bytes, all of them there. */
const isAid = (aid: Uint8Array, length: number): boolean =>
  aid.length === length && length >= 5 && length <= 16;

/**
 * lengths of 11 components 2 each (12 from format 2.2 on, with Debug) | static field sizes 6 | import count |
 * applet count | custom count …
 */
const directoryAgrees = (
  bodies: ReadonlyMap<ComponentName, Uint8Array>,
  applets: number,
  imports: number,
): boolean => {
  const directory = bodies.get('Directory') ?? new Uint8Array(0);
  const header = bodies.get('Header') ?? new Uint8Array(0);
  const hasDebug = (header[5] ?? 0) > 2 || ((header[5] ?? 0) === 2 && (header[4] ?? 0) >= 2);
  const counted = hasDebug ? 12 : 11;
  if (directory.length < 2 * counted + 9) return false;
  const lengthOf = (tag: number) => (directory[2 * tag - 2] ?? 0) * 256 + (directory[2 * tag - 1] ?? 0);
  return (
    loadOrder.every((name) => {
      const listed = lengthOf(tags[name]);
      const there = bodies.get(name)?.length ?? 0;
      // A descriptor may be left away from the file although the directory counts it.
      return listed === there || (name === 'Descriptor' && there === 0);
    }) &&
    directory[2 * counted + 6] === imports &&
    directory[2 * counted + 7] === applets
  );
};

const damaged = (what: string) => fail('applet-damaged', { what });

import { parseUtf8 } from '../codec/index.ts';
import { fail, ok, type Result } from '../result/index.ts';

/** What an archive is unpacked with: station and bank have it from their own platform. */
export interface Unpacking {
  readonly crc32: (bytes: Uint8Array) => number;
  /** Raw DEFLATE (RFC 1951). Throws where the bytes are none, or more than `mostBytes` would come out. */
  readonly inflateRaw: (packed: Uint8Array, mostBytes: number) => Uint8Array;
}

/** One file of an archive, unpacked. */
export interface ZipEntry {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/**
 * The files of a ZIP archive (PKWARE APPNOTE 4.3), read by its central directory; stored or deflated, one
 * disk, no encryption, no ZIP64. Everything is bounded by what the bytes hold and by `limit`, the most that
 * all files together may unpack to. Fault: applet-damaged.
 */
export const readZip = (
  archive: Uint8Array,
  unpacking: Unpacking,
  limit = 4 * 1024 * 1024,
): Result<readonly ZipEntry[]> => {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = endRecordAt(view);
  if (end === undefined) return damaged('end-record');
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const directoryEnd = at + view.getUint32(end + 12, true);
  if (directoryEnd > end || view.getUint16(end + 4, true) !== 0) return damaged('directory');
  const entries: ZipEntry[] = [];
  let room = limit;
  for (let number = 0; number < count; number++) {
    const header = readHeader(archive, view, at, directoryEnd);
    if (header === undefined) return damaged('directory-entry');
    at = header.next;
    if (header.path.endsWith('/')) continue;
    const bytes = unpack(archive, view, header, unpacking, room);
    if (bytes === undefined) return damaged('entry');
    room -= bytes.length;
    if (entries.some(({ path }) => path === header.path)) return damaged('two-of-a-name');
    entries.push({ path: header.path, bytes });
  }
  return ok(entries);
};

interface Header {
  readonly path: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly localAt: number;
  readonly next: number;
}

/** From the back: the record ends the file, but for a comment of at most 65 535 bytes. */
const endRecordAt = (view: DataView): number | undefined => {
  const first = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= first; at--)
    if (
      view.getUint32(at, true) === END_RECORD &&
      at + 22 + view.getUint16(at + 20, true) === view.byteLength
    )
      return at;
  return undefined;
};

const readHeader = (archive: Uint8Array, view: DataView, at: number, end: number): Header | undefined => {
  if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY_ENTRY) return undefined;
  const nameLength = view.getUint16(at + 28, true);
  const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > end) return undefined;
  const encrypted = (view.getUint16(at + 8, true) & 0x01) !== 0;
  const path = parseUtf8(archive.subarray(at + 46, at + 46 + nameLength));
  if (encrypted || path === undefined) return undefined;
  return {
    path,
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    unpacked: view.getUint32(at + 24, true),
    localAt: view.getUint32(at + 42, true),
    next,
  };
};

const unpack = (
  archive: Uint8Array,
  view: DataView,
  header: Header,
  unpacking: Unpacking,
  room: number,
): Uint8Array | undefined => {
  const { localAt, packed, unpacked, method, crc } = header;
  if (unpacked > room || localAt + 30 > archive.length) return undefined;
  if (view.getUint32(localAt, true) !== LOCAL_HEADER) return undefined;
  // Name and extra field of the local header may have other lengths than those of the directory.
  const start = localAt + 30 + view.getUint16(localAt + 26, true) + view.getUint16(localAt + 28, true);
  if (start + packed > archive.length) return undefined;
  const data = archive.subarray(start, start + packed);
  const bytes =
    method === STORED ? data : method === DEFLATED ? inflated(data, unpacking, unpacked) : undefined;
  return bytes?.length === unpacked && unpacking.crc32(bytes) === crc ? bytes : undefined;
};

const inflated = (data: Uint8Array, { inflateRaw }: Unpacking, length: number): Uint8Array | undefined => {
  try {
    return inflateRaw(data, Math.max(1, length));
  } catch {
    return undefined;
  }
};

const END_RECORD = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

const damaged = (what: string) => fail('applet-damaged', { what: `zip-${what}` });

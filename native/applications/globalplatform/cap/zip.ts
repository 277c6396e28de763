import { crc32, inflateRawSync } from 'node:zlib';
import {
  readZip as readZipWith,
  type Unpacking,
  type ZipEntry,
} from '../../../../electron/shared/cap-file/index.ts';
import type { Result } from '../../../../electron/shared/result/index.ts';

export const unpacking: Unpacking = {
  crc32,
  inflateRaw: (packed, mostBytes) => new Uint8Array(inflateRawSync(packed, { maxOutputLength: mostBytes })),
};

export const readZip = (archive: Uint8Array, limit?: number): Result<readonly ZipEntry[]> =>
  readZipWith(archive, unpacking, limit);

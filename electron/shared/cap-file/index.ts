/*
 * CAP files of Java Card packages: read by the station, which loads them, and by the bank, which holds what a station
 * loads against its own.
 */
export { parseCapFile, type CapFile, type PackageVersion } from './cap-file.ts';
export { loadFile, type DapBlock } from './load-file.ts';
export { readZip, type Unpacking, type ZipEntry } from './zip.ts';

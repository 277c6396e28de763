import { createHash } from 'node:crypto';
import { crc32, inflateRawSync } from 'node:zlib';
import { loadFile, parseCapFile, type Unpacking } from '../../shared/cap-file/index.ts';
import { fromHex, parseBase64, toHex } from '../../shared/codec/index.ts';
import type { AppletPackage } from '../../shared/domain/index.ts';
import type { SuppliedApplet } from './applet-catalogue.ts';

/** One of the bank's packages as it goes onto a card. */
export interface LoadableFile {
  /** SHA-256 of the CAP file, by which the catalogue knows it, and whether signatures are in front. */
  readonly name: string;
  /** What all blocks of LOAD together are: signatures, then the code (GPCS 2.3.1 11.6.2.3). */
  readonly bytes: Uint8Array;
  /** Of the load file data block, hex, as INSTALL [for load] may name it; empty: the card compares nothing. */
  readonly hashes: readonly string[];
}

/**
 * The file with the signatures that the list has of it, and without: a run that began before the list got them goes on
 * as it began, and whether there must be one, the card says. None where the file cannot be loaded, or is of another
 * package than the list says.
 */
export const loadableFiles = ({ package: entry, capFile }: SuppliedApplet): readonly LoadableFile[] => {
  const cap = parseCapFile(capFile, unpacking);
  if (!cap.ok || toHex(cap.value.packageAid) !== entry.packageAid) return [];
  const { code } = cap.value;
  const hashes = ['', ...['sha1', 'sha256'].map((name) => createHash(name).update(code).digest('hex'))];
  const bare = { name: entry.sha256, bytes: loadFile(cap.value), hashes };
  if (entry.daps.length === 0) return [bare];
  const signed = loadFile(cap.value, entry.daps.map(dapBlock));
  return [bare, { name: `${entry.sha256} signed`, bytes: signed, hashes }];
};

const dapBlock = ({ domainAid, signature }: AppletPackage['daps'][number]) => {
  const bytes = parseBase64(signature);
  return { domainAid: fromHex(domainAid), signature: bytes.ok ? bytes.value : new Uint8Array(0) };
};

const unpacking: Unpacking = {
  crc32,
  inflateRaw: (packed, mostBytes) => new Uint8Array(inflateRawSync(packed, { maxOutputLength: mostBytes })),
};

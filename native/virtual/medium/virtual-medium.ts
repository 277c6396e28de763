import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex, utf8 } from '../../../electron/shared/codec/index.ts';
import type { MediumIdentity } from '../../drivers/media-driver.ts';
import { mediumFiles, type MediumFiles } from './medium-files.ts';

/** A virtual SD card: a folder with `medium.json` (what the controller says) and `volume/` (the file system). */
export interface VirtualMedium {
  readonly identity: MediumIdentity;
  readonly fileSystem: 'fat32' | 'exfat' | 'other' | 'none';
  readonly writeProtected: boolean;
  readonly files: MediumFiles;
  /** Capacity less what is used, by this computer's files and by what the card came with. */
  freeBytes(): number;
}

export interface NewMedium {
  readonly sizeBytes?: number;
  /** Taken by things that are not shown as files. */
  readonly otherBytes?: number;
  readonly writeProtected?: boolean;
  readonly fileSystem?: 'fat32' | 'exfat' | 'other' | 'none';
  /** Volume id of a box of cards, all alike in a USB reader, which does not show the card's own register. 8 hex digits. */
  readonly ofBox?: string;
}

/** Makes a new card in an empty folder. */
export const createMedium = (folder: string, wanted: NewMedium = {}): VirtualMedium => {
  const serial = randomInt(0x10000000, 0xffffffff).toString(16).padStart(8, '0');
  const description: Description = {
    format: 'cardwright-virtual-medium',
    version: 1,
    serial,
    cid: wanted.ofBox === undefined ? cidOf(serial) : undefined,
    volumeId: wanted.ofBox ?? toHex(randomBytes(4)),
    sizeBytes: wanted.sizeBytes ?? 7_948_206_080,
    otherBytes: wanted.otherBytes ?? 0,
    writeProtected: wanted.writeProtected ?? false,
    fileSystem: wanted.fileSystem ?? 'fat32',
  };
  mkdirSync(join(folder, 'volume'), { recursive: true });
  const file = join(folder, 'medium.json');
  writeFileSync(`${file}.next`, JSON.stringify(description, undefined, 2));
  renameSync(`${file}.next`, file);
  return describe(folder, description);
};

/** Opens a card made before. A folder that is none throws. */
export const loadMedium = (folder: string): VirtualMedium => {
  const value = JSON.parse(readFileSync(join(folder, 'medium.json'), 'utf8')) as unknown;
  if (!isDescription(value)) throw new Error('This folder is no virtual medium');
  return describe(folder, value);
};

interface Description {
  readonly format: 'cardwright-virtual-medium';
  readonly version: 1;
  /** Product serial number, hex, as the card's CID has it. */
  readonly serial: string;
  /** Absent where the reader does not show it. */
  readonly cid?: string | undefined;
  readonly volumeId: string;
  readonly sizeBytes: number;
  readonly otherBytes: number;
  readonly writeProtected: boolean;
  readonly fileSystem: VirtualMedium['fileSystem'];
}

const describe = (folder: string, description: Description): VirtualMedium => {
  const { serial, cid, volumeId, sizeBytes, otherBytes, writeProtected, fileSystem } = description;
  const files = mediumFiles(join(folder, 'volume'));
  return {
    identity:
      cid === undefined
        ? { text: `||${sizeBytes}|${volumeId}`, serial: volumeId, cid, sizeBytes }
        : { text: `${serial}|${cid}|${sizeBytes}|${volumeId}`, serial, cid, sizeBytes },
    fileSystem,
    writeProtected,
    files,
    freeBytes: () => Math.max(0, sizeBytes - otherBytes - files.usedBytes()),
  };
};

/** Written by this program only, so the outside is enough. */
const isDescription = (value: unknown): value is Description =>
  typeof value === 'object' &&
  value !== null &&
  'format' in value &&
  value.format === 'cardwright-virtual-medium' &&
  'version' in value &&
  value.version === 1;

/** Card identification register (SD physical layer 5.2): MID, OID, PNM, PRV, PSN, MDT, CRC7. */
const cidOf = (serial: string): string => {
  const body = `1b${toHex(utf8('CW'))}${toHex(utf8('TRAIN'))}10${serial}01a7`;
  return (
    body +
    (crc7(Uint8Array.from(body.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))) * 2 + 1)
      .toString(16)
      .padStart(2, '0')
  );
};

const crc7 = (bytes: Uint8Array): number => {
  let crc = 0;
  for (const byte of bytes)
    for (let bit = 7; bit >= 0; bit--) {
      const feedback = ((crc >> 6) & 1) ^ ((byte >> bit) & 1);
      crc = (crc << 1) & 0x7f;
      if (feedback === 1) crc ^= 0x09;
    }
  return crc;
};

import {
  parseCapFile as parseCapFileWith,
  type CapFile,
} from '../../../../electron/shared/cap-file/index.ts';
import type { Result } from '../../../../electron/shared/result/index.ts';
import { unpacking } from './zip.ts';

export type { CapFile };

/** Faults: applet-damaged, card-unsupported (the extended format). */
export const parseCapFile = (archive: Uint8Array): Result<CapFile> => parseCapFileWith(archive, unpacking);

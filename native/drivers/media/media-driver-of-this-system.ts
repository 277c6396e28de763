import type { MediaDriver } from '../media-driver.ts';
import { linuxMediaDriver } from './linux-media-driver.ts';
import { macosMediaDriver } from './macos-media-driver.ts';
import { windowsMediaDriver } from './windows-media-driver.ts';

/** The SD slots of the system this runs on; undefined where none of the drivers knows how. */
export function mediaDriverOfThisSystem(): MediaDriver | undefined {
  switch (process.platform) {
    case 'linux':
      return linuxMediaDriver();
    case 'darwin':
      return macosMediaDriver();
    case 'win32':
      return windowsMediaDriver();
    default:
      return undefined;
  }
}

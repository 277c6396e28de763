import type { MediaDriver } from '../media-driver.ts';
import { watchUsb } from '../usb/watch-usb.ts';
import { linuxMediaDriver } from './linux-media-driver.ts';
import { macosMediaDriver } from './macos-media-driver.ts';
import { windowsMediaDriver } from './windows-media-driver.ts';

/** The SD slots of the system this runs on; undefined where none of the drivers knows how. */
export function mediaDriverOfThisSystem(): MediaDriver | undefined {
  switch (process.platform) {
    case 'linux':
      return linuxMediaDriver({ usb: watchUsb() });
    case 'darwin':
      return macosMediaDriver({ usb: watchUsb() });
    case 'win32':
      return windowsMediaDriver({ usb: watchUsb() });
    default:
      return undefined;
  }
}

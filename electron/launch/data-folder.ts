import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Where the station keeps its journal and the embedded bank its records, unless told otherwise:
 * CARDWRIGHT_DATA, else the place that the XDG base directory specification or the system names.
 */
export function dataFolder(
  environment: Readonly<Record<string, string | undefined>>,
  platform: string = process.platform,
  home: string = homedir(),
): string {
  const told = environment.CARDWRIGHT_DATA;
  if (told !== undefined && told !== '') return resolve(told);
  if (platform === 'win32')
    return join(environment.LOCALAPPDATA ?? join(home, 'AppData/Local'), 'Cardwright');
  if (platform === 'darwin') return join(home, 'Library/Application Support/Cardwright');
  const xdg = environment.XDG_DATA_HOME;
  // A relative path in the variable is to be ignored (XDG base directory specification 0.8).
  return join(xdg?.startsWith('/') === true ? xdg : join(home, '.local/share'), 'cardwright');
}

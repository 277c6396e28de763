import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { z } from 'zod';
import { appletPackage, isNewerVersion, type AppletPackage } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';

/** A package and its CAP file, which has been seen to have the hash that the list says. */
export interface SuppliedApplet {
  readonly package: AppletPackage;
  readonly capFile: Uint8Array;
}

export interface AppletCatalogue {
  /** Read anew each time, so that a new version is there at once. Fault: applet-damaged {file, reason}. */
  read(): Promise<Result<readonly SuppliedApplet[]>>;
}

const supplied = appletPackage.safeExtend({
  /** Of the CAP file, in the same folder. */
  file: z.string().regex(/^[\w][\w.-]{0,100}$/),
});

const catalogue = z.strictObject({ packages: z.array(supplied).max(100) });

/** No card has room for more. */
const largestFile = 1_000_000;

/**
 * `applets.json` and the CAP files beside it, in the bank's own folder. A bank without such a file supplies none.
 * One package that is not what the list says, and nothing is served: half a list would be another policy.
 */
export const appletCatalogue = (folder: string, log: Logger): AppletCatalogue => ({
  async read() {
    const read = await readCatalogue(folder);
    if (!read.ok) log.error(read.fault.data, 'the applets cannot be served');
    return read;
  },
});

const readCatalogue = async (folder: string): Promise<Result<readonly SuppliedApplet[]>> => {
  const list = 'applets.json';
  const text = await textOf(join(folder, list));
  if (text === undefined) return ok([]);
  const parsed = catalogue.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    return damaged(list, first ? `${first.path.join('.')}: ${first.message}` : 'not JSON');
  }
  const { packages } = parsed.data;
  const applets: SuppliedApplet[] = [];
  for (const { file, ...entry } of packages) {
    const version = `${entry.packageAid} ${entry.version}`;
    if (applets.some((one) => `${one.package.packageAid} ${one.package.version}` === version))
      return damaged(list, `${version} is there twice`);
    if (entry.minimumVersion !== undefined && isNewerVersion(entry.minimumVersion, entry.version))
      return damaged(list, `${version}: its minimumVersion is newer`);
    if (entry.daps.length > 0 && entry.hash === undefined)
      return damaged(list, `${version}: a signature needs a hash`);
    const capFile = await bytesOf(join(folder, file));
    if (capFile === undefined) return damaged(file, 'missing, or larger than 1 MB');
    if (createHash('sha256').update(capFile).digest('hex') !== entry.sha256)
      return damaged(file, 'its SHA-256 is not the one in applets.json');
    applets.push({ package: entry, capFile });
  }
  return ok(applets);
};

const damaged = (file: string, reason: string): Result<never> => fail('applet-damaged', { file, reason });

const textOf = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    // Only what is not there is no list; one that cannot be read is a damaged one.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : '';
  }
};

const bytesOf = async (file: string): Promise<Uint8Array | undefined> => {
  try {
    return (await stat(file)).size > largestFile ? undefined : await readFile(file);
  } catch {
    return undefined;
  }
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

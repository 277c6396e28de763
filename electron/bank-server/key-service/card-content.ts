import { z } from 'zod';
import {
  encodeTlv,
  equalBytes,
  findTlv,
  fromHex,
  parseTlvs,
  toHex,
  type CommandApdu,
} from '../../shared/codec/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { AppletCatalogue, SuppliedApplet } from '../applets/applet-catalogue.ts';
import { loadableFiles, type LoadableFile } from '../applets/loadable-file.ts';

/*
 * What a station may change of the content of a card: nothing but what the bank's own list of applets says.
 *
 *   INSTALL [for load]   names a package and hash of the list; which files those can be is remembered
 *   LOAD, LOAD …         each block is compared with these files before it is wrapped, so that no foreign byte
 *                        ever gets a MAC of the bank's; the last block ends where the file ends
 *
 * The MACs chain the blocks to one another: in what order they are wrapped, in that the card takes them.
 */

/** Why a change of a card's content is refused. */
export type ContentRefusal =
  /** Not in the list, or not with this hash; or it has gone from the list while it was being loaded. */
  | 'unknown-package'
  /** What is to be installed, or its privileges or parameters, is not what the list says of the package. */
  | 'unlisted-instance'
  /** What is to be deleted is neither a package nor an instance of the list. */
  | 'unlisted-object'
  /** Another domain, load parameters, a token or a signature, of which the list knows nothing. */
  | 'parameters'
  /** Under the keys of delivery, which everybody knows. */
  | 'factory-keys'
  /** A block that is not what stands at this place of the bank's file. */
  | 'other-content'
  /** A block without INSTALL [for load], out of turn, or something else between the blocks. */
  | 'load-order';

/** No honest station gets there: it has compared the whole file with the list before. The card is set aside. */
export const isManipulation = (reason: unknown): boolean =>
  reason === 'other-content' || reason === 'load-order';

/** A package on its way onto the card: files of the list that begin as its blocks so far do. */
const loading = z.object({
  packageAid: z.string(),
  /** Names of the loadable files. */
  files: z.array(z.string()).min(1),
  bytes: z.number().int(),
  blocks: z.number().int(),
});
type Loading = z.infer<typeof loading>;

export interface CardContent {
  /** Faults: applet-refused {reason: ContentRefusal, packageAid?}, applet-damaged (the bank's list). */
  beginLoad(command: CommandApdu): Promise<Result<void>>;
  load(command: CommandApdu): Promise<Result<void>>;
  install(command: CommandApdu): Promise<Result<void>>;
  delete(command: CommandApdu): Promise<Result<void>>;
  /** For a command that changes nothing of the content: it must not come between the blocks of a load. */
  leave(): Result<void>;
  /** Where a load stands, as text for the channel's row; null: none is going on. */
  state(): string | null;
}

export const cardContent = (
  catalogue: AppletCatalogue,
  keys: 'factory' | 'diversified',
  resumed: string | null,
): CardContent => {
  let now: Loading | undefined = resumed === null ? undefined : loading.parse(JSON.parse(resumed));

  /** Once for all commands of a request: a load may have hundreds of blocks. */
  let list: Promise<Result<readonly SuppliedApplet[]>> | undefined;
  const readList = () => (list ??= catalogue.read());
  const opened = new Map<SuppliedApplet, readonly LoadableFile[]>();
  const filesOf = (applets: readonly SuppliedApplet[], packageAid: string): readonly LoadableFile[] =>
    applets
      .filter((each) => each.package.packageAid === packageAid)
      .flatMap((each) => {
        const files = opened.get(each) ?? loadableFiles(each);
        opened.set(each, files);
        return files;
      });

  const leave = (): Result<void> => (now ? refused('load-order', now.packageAid) : ok());

  const supplied = async (): Promise<Result<readonly SuppliedApplet[]>> => {
    const left = leave();
    if (!left.ok) return left;
    return keys === 'diversified' ? readList() : refused('factory-keys');
  };

  return {
    async beginLoad({ data }) {
      const applets = await supplied();
      if (!applets.ok) return applets;
      const [packageAid, domainAid, hash, parameters, token, ...more] = fieldsOf(data);
      if (packageAid === undefined || hash === undefined || more.length > 0) return refused('parameters');
      if (domainAid !== '' || parameters !== '' || token !== '') return refused('parameters', packageAid);
      const files = filesOf(applets.value, packageAid).filter(({ hashes }) => hashes.includes(hash));
      if (files.length === 0) return refused('unknown-package', packageAid);
      now = { packageAid, files: files.map(({ name }) => name), bytes: 0, blocks: 0 };
      return ok();
    },

    async load({ p1, p2, data = new Uint8Array(0) }) {
      if (!now) return refused('load-order');
      const { packageAid, files: expected, blocks, bytes: start } = now;
      if (p2 !== (blocks & 0xff) || (p1 !== 0 && p1 !== LAST_BLOCK)) return refused('load-order', packageAid);
      const applets = await readList();
      if (!applets.ok) return applets;
      const left = filesOf(applets.value, packageAid).filter(({ name }) => expected.includes(name));
      if (left.length === 0) return refused('unknown-package', packageAid);
      const end = start + data.length;
      const isLast = p1 === LAST_BLOCK;
      const fitting = left.filter(
        ({ bytes }) => equalBytes(bytes.subarray(start, end), data) && isLast === (end === bytes.length),
      );
      if (fitting.length === 0 || data.length === 0)
        return refused(start === 0 && data[0] === TAG_DAP ? 'parameters' : 'other-content', packageAid);
      const files = fitting.map(({ name }) => name);
      now = isLast ? undefined : { packageAid, files, bytes: end, blocks: blocks + 1 };
      return ok();
    },

    async install({ data }) {
      const applets = await supplied();
      if (!applets.ok) return applets;
      const [packageAid, moduleAid, instanceAid, privileges, parameters, token, ...more] = fieldsOf(data);
      if (packageAid === undefined || token !== '' || more.length > 0)
        return refused('parameters', packageAid);
      const isListed = applets.value.some(
        ({ package: entry }) =>
          entry.packageAid === packageAid &&
          entry.instances.some(
            (each) =>
              each.moduleAid === moduleAid &&
              each.instanceAid === instanceAid &&
              each.privileges === privileges &&
              parameters === toHex(encodeTlv(0xc9, fromHex(each.parameters))),
          ),
      );
      return isListed ? ok() : refused('unlisted-instance', packageAid);
    },

    async delete({ data = new Uint8Array(0) }) {
      const applets = await supplied();
      if (!applets.ok) return applets;
      const objects = parseTlvs(data);
      const [only, ...more] = objects.ok ? objects.value : [];
      const aid = only && more.length === 0 ? findTlv([only], TAG_AID) : undefined;
      // Keys (D2) go by the bank's own commands only; a token (9E) is for delegated management.
      if (aid === undefined) return refused('unlisted-object');
      const listed = applets.value.flatMap(({ package: { packageAid, replaces, instances } }) => [
        packageAid,
        ...replaces,
        ...instances.map(({ instanceAid }) => instanceAid),
      ]);
      return listed.includes(toHex(aid)) ? ok() : refused('unlisted-object', toHex(aid));
    },

    leave,
    state: () => (now ? JSON.stringify(now) : null),
  };
};

const LAST_BLOCK = 0x80;
const TAG_AID = 0x4f;
/** Begins a signature in front of the code. */
const TAG_DAP = 0xe2;

const refused = (reason: ContentRefusal, packageAid?: string): Result<never> =>
  fail('applet-refused', { reason, ...(packageAid !== undefined && { packageAid }) });

/** The fields of INSTALL, hex: each a length, as in BER where it is above 127 (GPCS 2.3.1 table 11-42), and as many bytes. */
const fieldsOf = (data: Uint8Array = new Uint8Array(0)): string[] => {
  const fields: string[] = [];
  for (let at = 0; at < data.length;) {
    const first = data[at] ?? 0;
    const more = first > 0x80 ? first - 0x80 : 0;
    const start = at + 1 + more;
    const length =
      more === 0 ? first : data.subarray(at + 1, start).reduce((sum, byte) => sum * 256 + byte, 0);
    if (first === 0x80 || more > 2 || start + length > data.length) return [];
    fields.push(toHex(data.subarray(start, start + length)));
    at = start + length;
  }
  return fields;
};

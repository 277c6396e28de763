import type { FileDigest, SdManifest } from '../../../electron/shared/bank-api/index.ts';
import { equalBytes } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { FlushMoment, MediumVolume } from '../../drivers/media-driver.ts';
import { makeStartPage, readCredential, readStartPage } from './client-html.ts';
import {
  encodeDirectory,
  entriesOf,
  parseDirectory,
  withEntry,
  withoutEntry,
  type DirectoryEntry,
  type DirectoryFile,
  type SdDirectory,
} from './directory.ts';
import { carries, digestOf, inspectBank, type BankContent, type SdInspection } from './inspection.ts';
import { manifestContent } from './manifest.ts';
import {
  bankFolder,
  cardFolder,
  directoryPath,
  isBankId,
  keptClientPath,
  partFiles,
  partPath,
  sealedParts,
  startPagePath,
  type SealedPart,
} from './paths.ts';
import { userInfoContent } from './user-info.ts';

/** One file as read from the medium itself. */
export interface SdFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Hex. */
  readonly sha256: string;
}

/** Everything one bank has on the card, read cold and equal to what the manifest says. */
export interface SdReadBack {
  readonly files: Readonly<Record<SealedPart, SdFile>>;
  readonly manifest: SdFile;
  readonly manifestContent: SdManifest;
  /** SHA-256 of `manifest.p7s`, hex: through its digests it stands for the whole content. */
  readonly contentSha256: string;
}

/**
 * An SD card in the words of the bank: parts of a card instead of files. Written in the order of
 * `sdParts`; whatever changes after the manifest was written first takes the manifest away, so a card
 * with a manifest is a whole card at every moment.
 *
 * Faults of every call: those of the volume (medium-removed, medium-swapped, medium-io-error,
 * device-process-lost, and of writes medium-full, medium-write-protected); bad-input for a bank
 * identifier that is no folder name.
 */
export class SdCardSession {
  readonly #volume: MediumVolume;
  /** What this session has written, by path: until the medium is cold, reading it again would only show the cache. */
  readonly #written = new Map<string, Uint8Array>();

  private constructor(volume: MediumVolume) {
    this.#volume = volume;
  }

  /** Fault: medium-foreign, when somebody else's index lies where ours belongs. */
  static async open(volume: MediumVolume): Promise<Result<SdCardSession>> {
    const session = new SdCardSession(volume);
    const directory = await session.#readIndex();
    return directory.ok ? ok(session) : directory;
  }

  /** `text` of the medium's identity, as the manifest binds it. */
  get mediumIdentity(): string {
    return this.#volume.identity.text;
  }

  /** The banks on this card. Fault: medium-foreign. */
  async readDirectory(): Promise<Result<SdDirectory>> {
    const index = await this.#readIndex();
    if (!index.ok) return index;
    return ok({ state: index.value.state, banks: entriesOf(index.value.file) });
  }

  /** What is there for one bank, and which way leads out when something stopped half-way. Fault: medium-foreign. */
  async inspect(bankId: string): Promise<Result<SdInspection>> {
    const content = await this.#readContent(bankId);
    return content.ok ? ok(inspectBank(content.value)) : content;
  }

  /** Faults: medium-foreign; medium-already-issued, when a whole card of this bank is there. */
  async writeKey(bankId: string, p8: Uint8Array): Promise<Result<void>> {
    const inspected = await this.inspect(bankId);
    if (!inspected.ok) return inspected;
    if (inspected.value.state === 'complete')
      return fail('medium-already-issued', { cardId: inspected.value.cardId });
    if (inspected.value.state === 'foreign') return fail('medium-foreign', { path: bankFolder(bankId) });
    return this.#writePart(bankId, 'key', p8);
  }

  async writeCertificate(bankId: string, der: Uint8Array): Promise<Result<void>> {
    return this.#writePart(bankId, 'certificate', der);
  }

  async writeUserInfo(bankId: string, p7m: Uint8Array): Promise<Result<void>> {
    return this.#writePart(bankId, 'user-info', p7m);
  }

  /** @param html the personalised client (`personaliseClient`, or `replaceProgram` for an upgrade). */
  async writeClient(bankId: string, html: Uint8Array): Promise<Result<void>> {
    return this.#writePart(bankId, 'client', html);
  }

  /**
   * The client with this digest, for an upgrade. It is kept beside the one that takes its place until
   * `forgetClient`, so that a stop in the middle loses nothing. May be repeated.
   * Fault: medium-read-back-differs, when neither the client nor the kept one is it.
   */
  async keepClient(bankId: string, sha256: string): Promise<Result<Uint8Array>> {
    const kept = await this.#readIfThere(keptClientPath(bankId));
    if (!kept.ok) return kept;
    if (kept.value && digestOf(kept.value) === sha256) return ok(kept.value);
    const client = await this.#readIfThere(partPath(bankId, 'client'));
    if (!client.ok) return client;
    if (!client.value || digestOf(client.value) !== sha256) return differs('client');
    const written = await this.#volume.write(keptClientPath(bankId), client.value);
    return written.ok ? ok(client.value) : written;
  }

  /** Whether an upgrade is not over: a client is kept, whole or cut short. */
  async keepsClient(bankId: string): Promise<Result<boolean>> {
    const kept = await this.#readIfThere(keptClientPath(bankId));
    return kept.ok ? ok(kept.value !== undefined) : kept;
  }

  /**
   * Puts the kept client back, under the manifest that sealed it; where none is kept nothing is changed.
   * May be repeated after any stop. Faults: medium-signature-invalid (unreadable manifest), those of `writeManifest`.
   */
  async restoreClient(bankId: string, p7s: Uint8Array): Promise<Result<void>> {
    const manifest = manifestContent(p7s);
    if (!manifest.ok) return manifest;
    const kept = await this.#readIfThere(keptClientPath(bankId));
    if (!kept.ok) return kept;
    if (kept.value === undefined) return ok();
    const sealed = manifest.value.files.find(({ path }) => path === partFiles.client)?.sha256;
    // A copy that was cut short was never needed: the client itself is only replaced when its copy is whole.
    if (digestOf(kept.value) === sealed) {
      const written = await this.writeClient(bankId, kept.value);
      if (!written.ok) return written;
      const resealed = await this.writeManifest(bankId, p7s);
      if (!resealed.ok) return resealed;
    }
    return this.forgetClient(bankId);
  }

  async forgetClient(bankId: string): Promise<Result<void>> {
    return this.#volume.remove(keptClientPath(bankId));
  }

  /**
   * Names the bank in the card's index and on its start page; other banks' entries stay as they are. The index
   * can be rebuilt, so both reach the medium with the next flush, which is the manifest's. Fault: medium-foreign.
   * @param program of the start page; without it the page that is there keeps its own, and none is made.
   */
  async addToDirectory(entry: DirectoryEntry, program?: string): Promise<Result<void>> {
    if (!isBankId(entry.bankId)) return fail('bad-input', { field: 'bankId' });
    const index = await this.#readIndex();
    if (!index.ok) return index;
    const file = withEntry(index.value.file, entry);
    const written = await this.#volume.write(directoryPath, encodeDirectory(file), 'with-next');
    return written.ok ? this.#writeStartPage(file, program, 'with-next') : written;
  }

  /** The start page made anew by this program, for an upgrade. Fault: medium-foreign. */
  async renewStartPage(program: string): Promise<Result<void>> {
    const index = await this.#readIndex();
    return index.ok ? this.#writeStartPage(index.value.file, program, 'now') : index;
  }

  /** What the manifest must say about the files. Fault: medium-file-missing {path}. */
  async digestFiles(bankId: string): Promise<Result<readonly FileDigest[]>> {
    const content = await this.#readContent(bankId);
    if (!content.ok) return content;
    const digests: FileDigest[] = [];
    for (const part of sealedParts) {
      const bytes = content.value.bytes[part];
      if (bytes === undefined) return fail('medium-file-missing', { path: partFiles[part] });
      digests.push({ path: partFiles[part], sha256: digestOf(bytes), size: bytes.length });
    }
    return ok(digests);
  }

  /**
   * The commit point: from here on this is a card. Refused unless the manifest names this medium and
   * bank and exactly the files that are there. An entry in the index that a stop has lost is made again, and
   * with the program of the start page that page too.
   * Faults: medium-signature-invalid (unreadable), medium-file-missing, medium-read-back-differs {path}.
   */
  async writeManifest(bankId: string, p7s: Uint8Array, program?: string): Promise<Result<void>> {
    const content = await this.#readContent(bankId);
    if (!content.ok) return content;
    const manifest = manifestContent(p7s);
    if (!manifest.ok) return manifest;
    const agreed = agrees(content.value, manifest.value);
    if (!agreed.ok) return agreed;
    const { cardId } = manifest.value;
    if (content.value.directoryCardId !== cardId || content.value.directoryDamaged) {
      const says = userInfoContent(agreed.value.userInfo.bytes);
      if (!says.ok) return says;
      const named = await this.addToDirectory({ bankId, bankName: says.value.bankName, cardId }, program);
      if (!named.ok) return named;
    } else if (program !== undefined && !(await this.#checkStartPage(bankId, cardId, program)).ok) {
      const made = await this.renewStartPage(program);
      if (!made.ok) return made;
    }
    return this.#volume.write(partPath(bankId, 'manifest'), p7s);
  }

  /**
   * Everything from the medium itself, no cache between: the manifest covers exactly the files, the
   * files are as it says, the client carries the very key, certificate and user information beside it, and
   * index and start page (where there is one) name this card.
   * The signatures are left to `verifyManifest` and `verifyUserInfo`.
   * @param program that the start page was just made by: then it must be that page, byte for byte.
   * Faults: medium-file-missing {path}, medium-read-back-differs {path}, medium-signature-invalid.
   */
  async readBack(bankId: string, program?: string): Promise<Result<SdReadBack>> {
    this.#written.clear();
    const cold = await this.#volume.makeCold();
    if (!cold.ok) return cold;
    const content = await this.#readContent(bankId);
    if (!content.ok) return content;
    const p7s = content.value.bytes.manifest;
    if (p7s === undefined) return fail('medium-file-missing', { path: partFiles.manifest });
    const manifest = manifestContent(p7s);
    if (!manifest.ok) return manifest;
    const agreed = agrees(content.value, manifest.value);
    if (!agreed.ok) return agreed;
    const { directoryCardId, directoryDamaged } = content.value;
    if (directoryDamaged || directoryCardId !== manifest.value.cardId)
      return fail('medium-read-back-differs', { path: directoryPath });
    const startPage = await this.#checkStartPage(bankId, manifest.value.cardId, program);
    if (!startPage.ok) return startPage;
    const { key, certificate, userInfo, client } = agreed.value;
    const sealed = fileOf('manifest', p7s, digestOf(p7s));
    return ok({
      files: { key, certificate, 'user-info': userInfo, client },
      manifest: sealed,
      manifestContent: manifest.value,
      contentSha256: sealed.sha256,
    });
  }

  /**
   * Takes one bank off the card. The manifest goes first, so that no half of a card looks whole; the key
   * next, so that no half of a card can be used. Other banks and other people's files stay. Can be
   * repeated after any stop. Fault: medium-foreign.
   */
  async removeBank(bankId: string): Promise<Result<void>> {
    if (!isBankId(bankId)) return fail('bad-input', { field: 'bankId' });
    const index = await this.#readIndex();
    if (!index.ok) return index;
    const parts = (['manifest', 'key', 'client', 'user-info', 'certificate'] as const).map((part) =>
      partPath(bankId, part),
    );
    for (const path of [...parts.slice(0, 2), keptClientPath(bankId), ...parts.slice(2)]) {
      this.#written.delete(path);
      const removed = await this.#volume.remove(path);
      if (!removed.ok) return removed;
    }
    const { file, state } = index.value;
    const left = withoutEntry(file, bankId);
    const page = await this.#removeFromStartPage(bankId, left);
    if (!page.ok) return page;
    if (left.length === 0) return this.#volume.remove(directoryPath);
    if (left.length === file.length && state !== 'damaged') return ok();
    return this.#volume.write(directoryPath, encodeDirectory(left));
  }

  async #checkStartPage(bankId: string, cardId: string, program?: string): Promise<Result<void>> {
    const page = await this.#readIfThere(startPagePath);
    if (!page.ok) return page;
    const index = await this.#readIndex();
    if (!index.ok) return index;
    if (program !== undefined) {
      const made = makeStartPage(program, entriesOf(index.value.file));
      const same = made !== undefined && page.value !== undefined && equalBytes(made, page.value);
      return same ? ok() : fail('medium-read-back-differs', { path: startPagePath });
    }
    // Cards of an earlier version have none.
    if (page.value === undefined) return ok();
    const offered = readStartPage(page.value)?.find((bank) => bank.bankId === bankId);
    return offered?.cardId === cardId ? ok() : fail('medium-read-back-differs', { path: startPagePath });
  }

  async #removeFromStartPage(bankId: string, left: DirectoryFile): Promise<Result<void>> {
    if (left.length === 0) return this.#volume.remove(startPagePath);
    const page = await this.#readIfThere(startPagePath);
    if (!page.ok || page.value === undefined) return page.ok ? ok() : page;
    const offered = readStartPage(page.value);
    if (offered?.some((bank) => bank.bankId === bankId) === false) return ok();
    return this.#writeStartPage(left, undefined, 'now');
  }

  /** A page that was cut short has no program to keep: it goes, and the next counter makes another. */
  async #writeStartPage(
    file: DirectoryFile,
    program: string | undefined,
    flush: FlushMoment,
  ): Promise<Result<void>> {
    const there = program === undefined ? await this.#readIfThere(startPagePath) : ok(undefined);
    if (!there.ok) return there;
    const source = program ?? there.value;
    if (source === undefined) return ok();
    const page = makeStartPage(source, entriesOf(file));
    return page === undefined
      ? this.#volume.remove(startPagePath)
      : this.#volume.write(startPagePath, page, flush);
  }

  async #writePart(bankId: string, part: SealedPart, bytes: Uint8Array): Promise<Result<void>> {
    if (!isBankId(bankId)) return fail('bad-input', { field: 'bankId' });
    const unsealed = await this.#volume.remove(partPath(bankId, 'manifest'));
    if (!unsealed.ok) return unsealed;
    const path = partPath(bankId, part);
    this.#written.delete(path);
    const written = await this.#volume.write(path, bytes);
    if (written.ok) this.#written.set(path, bytes);
    return written;
  }

  async #readIfThere(path: string): Promise<Result<Uint8Array | undefined>> {
    const read = await this.#volume.read(path);
    return read.ok || read.fault.code !== 'medium-file-missing' ? read : ok(undefined);
  }

  async #readContent(bankId: string): Promise<Result<BankContent>> {
    if (!isBankId(bankId)) return fail('bad-input', { field: 'bankId' });
    const index = await this.#readIndex();
    if (!index.ok) return index;
    const listed = await this.#volume.list(bankFolder(bankId));
    if (!listed.ok) return listed;
    const bytes: Partial<Record<SealedPart | 'manifest', Uint8Array>> = {};
    for (const part of [...sealedParts, 'manifest'] as const) {
      const path = partPath(bankId, part);
      if (!listed.value.includes(path)) continue;
      const written = this.#written.get(path);
      const read = written ? ok(written) : await this.#volume.read(path);
      if (!read.ok) return read;
      bytes[part] = read.value;
    }
    const entry = entriesOf(index.value.file).find((one) => one.bankId === bankId);
    return ok({
      bankId,
      mediumIdentity: this.mediumIdentity,
      bytes,
      directoryCardId: entry?.cardId,
      directoryDamaged: index.value.state === 'damaged',
    });
  }

  async #readIndex(): Promise<Result<{ state: SdDirectory['state']; file: DirectoryFile }>> {
    const listed = await this.#volume.list(cardFolder);
    if (!listed.ok) return listed;
    if (!listed.value.includes(directoryPath)) return ok({ state: 'absent', file: [] });
    const read = await this.#volume.read(directoryPath);
    if (!read.ok) return read;
    const parsed = parseDirectory(read.value);
    if (!parsed.ok) return parsed;
    if (parsed.value !== undefined) return ok({ state: 'intact', file: parsed.value });
    const rebuilt = await this.#rebuildIndex(listed.value);
    return rebuilt.ok ? ok({ state: 'damaged', file: rebuilt.value }) : rebuilt;
  }

  /**
   * The index is written in place, because a rename is not safe on FAT; when that was cut short, the
   * other banks' entries are found again in the user information that each bank signed.
   */
  async #rebuildIndex(paths: readonly string[]): Promise<Result<DirectoryFile>> {
    const entries: { bankId: string; bankName: string; cardId: string }[] = [];
    for (const path of paths) {
      const [, bankId = '', file, ...deeper] = path.split('/');
      if (file !== partFiles['user-info'] || deeper.length > 0 || !isBankId(bankId)) continue;
      const read = await this.#volume.read(path);
      if (!read.ok) return read;
      const info = userInfoContent(read.value);
      if (info.ok && info.value.bankId === bankId)
        entries.push({ bankId, bankName: info.value.bankName, cardId: info.value.cardId });
    }
    return ok(entries);
  }
}

interface AgreedFiles {
  readonly key: SdFile;
  readonly certificate: SdFile;
  readonly userInfo: SdFile;
  readonly client: SdFile;
}

/** Manifest, files, client and medium say the same. */
const agrees = (content: BankContent, manifest: SdManifest): Result<AgreedFiles> => {
  const key = sealedFile(content, manifest, 'key');
  if (!key.ok) return key;
  const certificate = sealedFile(content, manifest, 'certificate');
  if (!certificate.ok) return certificate;
  const userInfo = sealedFile(content, manifest, 'user-info');
  if (!userInfo.ok) return userInfo;
  const client = sealedFile(content, manifest, 'client');
  if (!client.ok) return client;
  const sameCard = manifest.bankId === content.bankId && manifest.mediumIdentity === content.mediumIdentity;
  if (!sameCard || manifest.files.length !== sealedParts.length) return differs('manifest');
  const credential = readCredential(client.value.bytes);
  if (!credential.ok || !carries(credential.value, content.bytes)) return differs('client');
  return ok({
    key: key.value,
    certificate: certificate.value,
    userInfo: userInfo.value,
    client: client.value,
  });
};

/** One file, as the manifest lists it. */
const sealedFile = ({ bytes }: BankContent, manifest: SdManifest, part: SealedPart): Result<SdFile> => {
  const found = bytes[part];
  if (found === undefined) return fail('medium-file-missing', { path: partFiles[part] });
  const listed = manifest.files.find((file) => file.path === partFiles[part]);
  const sha256 = digestOf(found);
  if (listed?.sha256 !== sha256 || listed.size !== found.length) return differs(part);
  return ok(fileOf(part, found, sha256));
};

const fileOf = (part: SealedPart | 'manifest', bytes: Uint8Array, sha256: string): SdFile => ({
  path: partFiles[part],
  bytes,
  sha256,
});

const differs = (part: SealedPart | 'manifest'): ReturnType<typeof fail> =>
  fail('medium-read-back-differs', { path: partFiles[part] });

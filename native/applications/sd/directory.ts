import { parseUtf8, utf8 } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import { parseJson } from './parse-json.ts';
import { directoryPath, isBankId } from './paths.ts';

/** One bank on the card, as `BANKCARD/directory.json` names it. */
export interface DirectoryEntry {
  readonly bankId: string;
  readonly bankName: string;
  /** Absent on cards whose index was rebuilt: what a bank signs has one name. */
  readonly bankNameLatin?: string;
  readonly cardId: string;
}

export interface SdDirectory {
  /** 'damaged': the file was cut short; the entries were found again in the banks' folders. */
  readonly state: 'absent' | 'intact' | 'damaged';
  readonly banks: readonly DirectoryEntry[];
}

/** The file as read: entries of this and of later versions, kept as they are when another bank's entry changes. */
export type DirectoryFile = readonly Readonly<Record<string, unknown>>[];

const format = 'cardwright-directory';

/**
 * Parses `directory.json`. `undefined`: not JSON, so a write was cut short and the index must be rebuilt.
 * Fault: medium-foreign, when it is well-formed but not ours.
 */
export const parseDirectory = (bytes: Uint8Array): Result<DirectoryFile | undefined> => {
  const value = parseJson(parseUtf8(bytes));
  if (value === undefined) return ok(undefined);
  if (!isRecord(value) || value.format !== format || value.version !== 1 || !Array.isArray(value.banks))
    return fail('medium-foreign', { path: directoryPath });
  return ok((value.banks as unknown[]).filter(isRecord));
};

/** The entries that this version understands. */
export const entriesOf = (file: DirectoryFile): readonly DirectoryEntry[] =>
  file.flatMap((entry) => {
    const { bankId, bankName, bankNameLatin, cardId } = entry;
    if (typeof bankId !== 'string' || !isBankId(bankId)) return [];
    if (typeof bankName !== 'string' || typeof cardId !== 'string') return [];
    return [{ bankId, bankName, ...(typeof bankNameLatin === 'string' && { bankNameLatin }), cardId }];
  });

/** The same index with this bank's entry added or replaced; every other entry stays as it was. */
export const withEntry = (file: DirectoryFile, entry: DirectoryEntry): DirectoryFile => [
  ...withoutEntry(file, entry.bankId),
  { ...entry },
];

export const withoutEntry = (file: DirectoryFile, bankId: string): DirectoryFile =>
  file.filter((entry) => entry.bankId !== bankId);

export const encodeDirectory = (file: DirectoryFile): Uint8Array =>
  utf8(`${JSON.stringify({ format, version: 1, banks: file }, undefined, 2)}\n`);

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

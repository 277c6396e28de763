import { isUtf8 } from 'node:buffer';
import { concatBytes, parseBase64, parseUtf8, toBase64, utf8 } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import { entriesOf, isRecord, type DirectoryEntry } from './directory.ts';
import { parseJson } from './parse-json.ts';
import { partFiles } from './paths.ts';

/** What the phone client carries of one customer; bytes here, base64 inside the file. */
export interface ClientCredential {
  readonly bankId: string;
  readonly bankName: string;
  /** Origin of the bank's portal, e.g. `https://bank.example`. */
  readonly portalOrigin: string;
  readonly cardId: string;
  /** DER. */
  readonly certificate: Uint8Array;
  /** CMS, attached, DER. */
  readonly userInfo: Uint8Array;
  /** PKCS#8 EncryptedPrivateKeyInfo, DER. */
  readonly key: Uint8Array;
  /** Of the card's chain of one-time passwords, sealed to the card's key by the bank. */
  readonly seed?: Uint8Array;
  /** Version of the client the card was issued with. */
  readonly clientVersion: string;
}

/*
 * client.html = program part … <script type="application/json" id="cardwright-credential"> credential </script> … program part
 *
 * A browser never runs a JSON block, so the credential is outside the hashes of the page's content
 * security policy and can change without the program, and the program without the credential. The start page
 * of a card is the same program with the card's index in its block: { "banks": [ … ] }.
 */
const blockStart = '<script type="application/json" id="cardwright-credential">';
const blockEnd = '</script>';
const versionMarkStart = '<meta name="cardwright-client-version" content="';
const versionMark = /^<meta name="cardwright-client-version" content="([0-9A-Za-z.-]{1,32})">/;
const longestVersionMark = versionMarkStart.length + 34;

/**
 * The client of one customer: the program with this credential in its block.
 * @param template the program as built; anything else is a defect of the installation, so it throws.
 */
export const personaliseClient = (template: string, credential: ClientCredential): Uint8Array =>
  withBlock(template, utf8(encodeCredential(credential)));

/** The credential inside a client. Fault: medium-file-damaged. */
export const readCredential = (html: Uint8Array): Result<ClientCredential> => {
  const parts = splitClient(html);
  const credential = parts === undefined ? undefined : decodeCredential(parts.block);
  return credential === undefined ? damagedClient() : ok(credential);
};

/**
 * The newer program with the credential block of the client on the card, byte for byte (claim 2 of the
 * patent: the client on the card is upgraded, the customer's credential is not touched).
 * Fault: medium-file-damaged, when the old file holds no credential.
 */
export const replaceProgram = (oldHtml: Uint8Array, newTemplate: string): Result<Uint8Array> => {
  const parts = splitClient(oldHtml);
  if (parts === undefined || decodeCredential(parts.block) === undefined) return damagedClient();
  return ok(withBlock(newTemplate, parts.block));
};

/**
 * The client with another sealed seed in its credential: the card's one-time passwords begin anew (S1). The program
 * stays, byte for byte, and so does everything else of the credential. Fault: medium-file-damaged.
 */
export const replaceSeed = (html: Uint8Array, seed: Uint8Array): Result<Uint8Array> => {
  const parts = splitClient(html);
  const credential = parts && decodeCredential(parts.block);
  if (parts === undefined || credential === undefined) return damagedClient();
  return ok(concatBytes(parts.before, utf8(encodeCredential({ ...credential, seed })), parts.after));
};

/** Version of the program part of a client or template. Fault: medium-file-damaged. */
export const readProgramVersion = (html: Uint8Array | string): Result<string> => {
  const bytes = typeof html === 'string' ? Buffer.from(html) : bufferOf(html);
  const at = bytes.indexOf(versionMarkStart);
  const mark = at < 0 ? '' : bytes.toString('latin1', at, at + longestVersionMark);
  const version = versionMark.exec(mark)?.[1];
  return version === undefined ? damagedClient() : ok(version);
};

/**
 * The page on which the customer chooses among the banks of a card (S4): no credential, the index as a list.
 * @param program a phone client or its template, or the start page that is there; `undefined` when it is none of these.
 */
export const makeStartPage = (
  program: Uint8Array | string,
  banks: readonly DirectoryEntry[],
): Uint8Array | undefined => {
  const parts = splitClient(typeof program === 'string' ? utf8(program) : program);
  if (parts === undefined) return undefined;
  // By name of folder: a bank keeps its place on the page when another one comes or goes.
  const sorted = banks.toSorted((one, other) => (one.bankId < other.bankId ? -1 : 1));
  return concatBytes(parts.before, utf8(jsonBlock({ banks: sorted })), parts.after);
};

/** The banks that a start page offers; `undefined`: no such page. */
export const readStartPage = (html: Uint8Array): readonly DirectoryEntry[] | undefined => {
  const parts = splitClient(html);
  const value = parts && parseJson(parseUtf8(parts.block));
  if (!isRecord(value) || !Array.isArray(value.banks)) return undefined;
  return entriesOf((value.banks as unknown[]).filter(isRecord));
};

/** '<' never appears in the block, so no name can end the script element or open a comment in it. */
const encodeCredential = (credential: ClientCredential): string =>
  jsonBlock({
    bankId: credential.bankId,
    bankName: credential.bankName,
    portalOrigin: credential.portalOrigin,
    cardId: credential.cardId,
    certificate: toBase64(credential.certificate),
    userInfo: toBase64(credential.userInfo),
    key: toBase64(credential.key),
    ...(credential.seed && { seed: toBase64(credential.seed) }),
    clientVersion: credential.clientVersion,
  });

const jsonBlock = (value: object): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const decodeCredential = (block: Uint8Array): ClientCredential | undefined => {
  const value = parseJson(parseUtf8(block));
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Readonly<Record<string, unknown>>; // an object, by the line above
  const { bankId, bankName, portalOrigin, cardId, clientVersion } = fields;
  const certificate = fromBase64(fields.certificate);
  const userInfo = fromBase64(fields.userInfo);
  const key = fromBase64(fields.key);
  const seed = fields.seed === undefined ? undefined : fromBase64(fields.seed);
  if (
    typeof bankId !== 'string' ||
    typeof bankName !== 'string' ||
    typeof portalOrigin !== 'string' ||
    typeof cardId !== 'string' ||
    typeof clientVersion !== 'string' ||
    certificate === undefined ||
    userInfo === undefined ||
    key === undefined ||
    (fields.seed !== undefined && seed === undefined)
  )
    return undefined;
  const whole = { bankId, bankName, portalOrigin, cardId, certificate, userInfo, key, clientVersion };
  return seed === undefined ? whole : { ...whole, seed };
};

/** The program with its own block replaced by this one. */
const withBlock = (template: string, block: Uint8Array): Uint8Array => {
  const parts = splitClient(utf8(template));
  if (parts === undefined) throw new Error('The phone client template has no credential block');
  return concatBytes(parts.before, block, parts.after);
};

interface ClientParts {
  readonly before: Uint8Array;
  readonly block: Uint8Array;
  readonly after: Uint8Array;
}

/** Exactly one block: a second one would leave it open which credential the browser takes. */
const splitClient = (html: Uint8Array): ClientParts | undefined => {
  const bytes = bufferOf(html);
  if (!isUtf8(bytes)) return undefined;
  const start = bytes.indexOf(blockStart);
  if (start < 0 || bytes.includes(blockStart, start + 1)) return undefined;
  const from = start + blockStart.length;
  const to = bytes.indexOf(blockEnd, from);
  if (to < 0) return undefined;
  return { before: bytes.subarray(0, from), block: bytes.subarray(from, to), after: bytes.subarray(to) };
};

/** The same bytes: a client may be large, and the marks are found without decoding it. */
const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

const damagedClient = (): ReturnType<typeof fail> => fail('medium-file-damaged', { path: partFiles.client });

const fromBase64 = (text: unknown): Uint8Array | undefined => {
  const parsed = typeof text === 'string' && text !== '' ? parseBase64(text) : undefined;
  return parsed?.ok === true ? parsed.value : undefined;
};

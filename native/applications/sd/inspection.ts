import { createHash, X509Certificate } from 'node:crypto';
import type { SdManifest, UserInfo } from '../../../electron/shared/bank-api/index.ts';
import { equalBytes } from '../../../electron/shared/codec/index.ts';
import { readCredential, readProgramVersion, type ClientCredential } from './client-html.ts';
import { parseEncryptedKey } from './encrypted-key.ts';
import { manifestContent } from './manifest.ts';
import { partFiles, sealedParts, sdParts, type SdPart, type SealedPart } from './paths.ts';
import { userInfoContent } from './user-info.ts';

/** 'damaged': there, but cut short, changed, or not what belongs under this name. */
export type PartState = 'absent' | 'damaged' | 'present';
export type SdFiles = Readonly<Record<SdPart, PartState>>;

/**
 * What one bank's place on an SD card holds. Signatures are not looked at here: `verifyManifest` and
 * `verifyUserInfo` do that with the bank's certificate.
 */
export type SdInspection =
  | { readonly state: 'empty' }
  /** An issuance or a removal stopped. Exactly two exits (DESIGN.md §4). */
  | {
      readonly state: 'incomplete';
      readonly files: SdFiles;
      readonly cardId: string | undefined;
      /**
       * 'resume': what is there is whole and fits together; go on with `resumeAt`, in the order of `sdParts`.
       * 'compensate': the key is lost or the parts belong to different cards; nothing can become a card of this.
       */
      readonly exit: 'resume' | 'compensate';
      readonly resumeAt: SdPart;
    }
  /** Everything is there and as the manifest says. */
  | {
      readonly state: 'complete';
      readonly files: SdFiles;
      readonly cardId: string;
      readonly clientVersion: string;
      readonly manifest: SdManifest;
    }
  /** Not made for this medium or this bank: leave it alone. */
  | {
      readonly state: 'foreign';
      readonly reason: 'other-medium' | 'other-bank';
      readonly files: SdFiles;
      readonly cardId: string | undefined;
    };

/** What was read from the medium for one bank. */
export interface BankContent {
  readonly bankId: string;
  /** `text` of the medium's identity. */
  readonly mediumIdentity: string;
  readonly bytes: Readonly<Partial<Record<SealedPart | 'manifest', Uint8Array>>>;
  /** Card the directory names for this bank. */
  readonly directoryCardId: string | undefined;
  /** The index itself is cut short; its entries were found again elsewhere. */
  readonly directoryDamaged: boolean;
}

/**
 * Judges what is there by itself, whatever came before:
 *
 *   written    key  certificate  user info  client  directory  manifest
 *   stopped →  resume at the first part that is missing; a part cut short counts as missing
 *   removed    manifest  key  client  user info  certificate  directory
 *   stopped →  without manifest: resume or compensate, as the run wants; without key: compensate
 */
export const inspectBank = (content: BankContent): SdInspection => {
  const { bytes } = content;
  if (Object.keys(bytes).length === 0 && content.directoryCardId === undefined) return { state: 'empty' };
  const read = readParts(bytes);
  const files = fileStates(content, read);
  const cardId =
    read.userInfo?.cardId ?? read.manifest?.cardId ?? read.credential?.cardId ?? content.directoryCardId;

  const banks = [read.userInfo?.bankId, read.manifest?.bankId, read.credential?.bankId];
  if (banks.some((bank) => bank !== undefined && bank !== content.bankId))
    return { state: 'foreign', reason: 'other-bank', files, cardId };
  if (read.manifest !== undefined && read.manifest.mediumIdentity !== content.mediumIdentity)
    return { state: 'foreign', reason: 'other-medium', files, cardId };

  const resumeAt = sdParts.find((part) => files[part] !== 'present');
  if (resumeAt === undefined && read.manifest !== undefined) {
    const { manifest } = read;
    return {
      state: 'complete',
      files,
      cardId: manifest.cardId,
      clientVersion: manifest.clientVersion,
      manifest,
    };
  }
  const keyLost =
    files.key !== 'present' && sdParts.some((part) => part !== 'key' && files[part] !== 'absent');
  return {
    state: 'incomplete',
    files,
    cardId,
    exit: keyLost || !fitTogether(content, read) ? 'compensate' : 'resume',
    resumeAt: resumeAt ?? 'manifest',
  };
};

export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

interface PartsRead {
  readonly keyIsWhole: boolean;
  readonly certificateSha256: string | undefined;
  readonly userInfo: UserInfo | undefined;
  readonly credential: ClientCredential | undefined;
  readonly manifest: SdManifest | undefined;
}

const readParts = (bytes: BankContent['bytes']): PartsRead => {
  const { key, certificate, client, manifest } = bytes;
  const userInfo = bytes['user-info'];
  return {
    keyIsWhole: key !== undefined && parseEncryptedKey(key).ok,
    certificateSha256:
      certificate !== undefined && isCertificate(certificate) ? digestOf(certificate) : undefined,
    userInfo: valueOf(userInfo, userInfoContent),
    credential:
      client !== undefined && readProgramVersion(client).ok ? valueOf(client, readCredential) : undefined,
    manifest: valueOf(manifest, manifestContent),
  };
};

const fileStates = (content: BankContent, read: PartsRead): SdFiles => {
  const { bytes } = content;
  const whole: Record<SealedPart, boolean> = {
    key: read.keyIsWhole,
    certificate: read.certificateSha256 !== undefined,
    'user-info': read.userInfo !== undefined,
    client: read.credential !== undefined && carries(read.credential, bytes),
  };
  const stateOf = (part: SealedPart): PartState => {
    const found = bytes[part];
    if (found === undefined) return 'absent';
    return whole[part] && (read.manifest === undefined || isSealed(read.manifest, part, found))
      ? 'present'
      : 'damaged';
  };
  const sealed = {
    key: stateOf('key'),
    certificate: stateOf('certificate'),
    'user-info': stateOf('user-info'),
    client: stateOf('client'),
  };
  return {
    ...sealed,
    directory: directoryState(content, read),
    manifest:
      bytes.manifest === undefined
        ? 'absent'
        : read.manifest !== undefined && sealedParts.every((part) => sealed[part] === 'present')
          ? 'present'
          : 'damaged',
  };
};

const directoryState = (content: BankContent, read: PartsRead): PartState => {
  const named = content.directoryCardId;
  const cardId = read.userInfo?.cardId ?? read.manifest?.cardId;
  if (content.directoryDamaged) return 'damaged';
  if (named === undefined) return 'absent';
  return cardId === undefined || named === cardId ? 'present' : 'damaged';
};

/** The manifest lists exactly this file, with these bytes. */
const isSealed = (manifest: SdManifest, part: SealedPart, bytes: Uint8Array): boolean => {
  const listed = manifest.files.filter((file) => file.path === partFiles[part]);
  const [only] = listed;
  return listed.length === 1 && only?.sha256 === digestOf(bytes) && only.size === bytes.length;
};

/** The client is made from the other three files; what it carries must be those, byte for byte. */
export const carries = (credential: ClientCredential, bytes: BankContent['bytes']): boolean =>
  [
    [credential.key, bytes.key],
    [credential.certificate, bytes.certificate],
    [credential.userInfo, bytes['user-info']],
  ].every(([inside, beside]) => inside !== undefined && beside !== undefined && equalBytes(inside, beside));

/** Certificate and user information name each other, and every part that names a card names the same one. */
const fitTogether = (content: BankContent, read: PartsRead): boolean => {
  const { userInfo, certificateSha256 } = read;
  const cards = new Set(
    [userInfo?.cardId, read.manifest?.cardId, content.directoryCardId].filter((card) => card !== undefined),
  );
  return (
    cards.size <= 1 &&
    (userInfo === undefined ||
      certificateSha256 === undefined ||
      userInfo.certificateSha256 === certificateSha256)
  );
};

const isCertificate = (der: Uint8Array): boolean => {
  try {
    return new Uint8Array(new X509Certificate(der).raw).length === der.length;
  } catch {
    return false;
  }
};

const valueOf = <T>(
  bytes: Uint8Array | undefined,
  parse: (bytes: Uint8Array) => { readonly ok: true; readonly value: T } | { readonly ok: false },
): T | undefined => {
  const parsed = bytes === undefined ? undefined : parse(bytes);
  return parsed?.ok === true ? parsed.value : undefined;
};

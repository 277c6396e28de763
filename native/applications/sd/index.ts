export { SdCardSession, type SdFile, type SdReadBack } from './sd-card-session.ts';
export type { PartState, SdFiles, SdInspection } from './inspection.ts';
export type { DirectoryEntry, SdDirectory } from './directory.ts';
export {
  partFiles,
  partPath,
  sdParts,
  sealedParts,
  startPagePath,
  type SdPart,
  type SealedPart,
} from './paths.ts';
export {
  makeStartPage,
  personaliseClient,
  readCredential,
  readProgramVersion,
  readStartPage,
  replaceProgram,
  replaceSeed,
  type ClientCredential,
} from './client-html.ts';
export { decryptKey, encryptKey, isCardPin } from './encrypted-key.ts';
export { manifestContent, verifyManifest } from './manifest.ts';
export { bankSignerDefect, verifySignedContent, type SignedContent } from './signed-content.ts';
export { userInfoContent, verifyUserInfo } from './user-info.ts';
export type { SignatureDefect } from './signed-content.ts';

import type { IssueTools } from '../issue-tools.ts';
import { proveMedium } from './prove-medium.ts';
import { readBackMedium } from './read-back-medium.ts';
import {
  writeCertificate,
  writeClient,
  writeDirectory,
  writeManifest,
  writeUserInfo,
} from './write-files.ts';
import { writeKey } from './write-key.ts';

/** What happens on an SD card, in this order. Everything on it is taken back at once, by `write-key`'s undo. */
export const sdSteps = (tools: IssueTools) => ({
  writeKey: writeKey(tools),
  writeCertificate: writeCertificate(tools),
  writeUserInfo: writeUserInfo(tools),
  writeClient: writeClient(tools),
  writeDirectory: writeDirectory(tools),
  writeManifest: writeManifest(tools),
  readBack: readBackMedium(tools),
  prove: proveMedium(tools),
});

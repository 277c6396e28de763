import { sdManifest, type SdManifest } from '../../../electron/shared/bank-api/index.ts';
import { parseUtf8 } from '../../../electron/shared/codec/index.ts';
import { ok, type Result } from '../../../electron/shared/result/index.ts';
import { parseJson } from './parse-json.ts';
import { partFiles } from './paths.ts';
import { contentOf, malformedContent, verifySignedContent } from './signed-content.ts';

const path = partFiles.manifest;

/** What the manifest says, unverified. Fault: medium-signature-invalid. */
export const manifestContent = (p7s: Uint8Array): Result<SdManifest> => {
  const content = contentOf(p7s, path);
  return content.ok ? parseManifest(content.value) : content;
};

/**
 * What the manifest says, after the bank's signature was checked.
 * @param caPem certificates of the bank's CA, PEM. Fault: medium-signature-invalid {reason}.
 */
export const verifyManifest = (p7s: Uint8Array, caPem: string, at = new Date()): Result<SdManifest> => {
  const signed = verifySignedContent(p7s, path, caPem, at);
  return signed.ok ? parseManifest(signed.value.content) : signed;
};

const parseManifest = (content: Uint8Array): Result<SdManifest> => {
  const manifest = sdManifest.safeParse(parseJson(parseUtf8(content)));
  return manifest.success ? ok(manifest.data) : malformedContent(path);
};

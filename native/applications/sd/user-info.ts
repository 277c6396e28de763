import { userInfo, type UserInfo } from '../../../electron/shared/bank-api/index.ts';
import { parseUtf8 } from '../../../electron/shared/codec/index.ts';
import { ok, type Result } from '../../../electron/shared/result/index.ts';
import { parseJson } from './parse-json.ts';
import { partFiles } from './paths.ts';
import { contentOf, malformedContent, verifySignedContent } from './signed-content.ts';

const path = partFiles['user-info'];

/** What the user information says, unverified. Fault: medium-signature-invalid. */
export const userInfoContent = (p7m: Uint8Array): Result<UserInfo> => {
  const content = contentOf(p7m, path);
  return content.ok ? parseUserInfo(content.value) : content;
};

/**
 * What the user information says, after the bank's signature was checked.
 * @param caPem certificates of the bank's CA, PEM. Fault: medium-signature-invalid {reason}.
 */
export const verifyUserInfo = (p7m: Uint8Array, caPem: string, at = new Date()): Result<UserInfo> => {
  const signed = verifySignedContent(p7m, path, caPem, at);
  return signed.ok ? parseUserInfo(signed.value.content) : signed;
};

const parseUserInfo = (content: Uint8Array): Result<UserInfo> => {
  const parsed = userInfo.safeParse(parseJson(parseUtf8(content)));
  return parsed.success ? ok(parsed.data) : malformedContent(path);
};

import type { UserInfo } from '../../../electron/shared/bank-api/login-assertion.ts';
import { parseUtf8 } from '../../../electron/shared/codec/index.ts';
import { derTag, partsOf, sequenceOf, valueAt } from './read-der.ts';

/**
 * The user information inside its CMS SignedData (RFC 5652, 5.1 and 5.2). The bank checks its own
 * signature when it comes back with the login; here nothing could anchor it, since whoever can change
 * the card can change this program too.
 */
export const readUserInfo = (cms: Uint8Array): UserInfo | undefined => {
  const signedData = sequenceOf(valueAt(sequenceOf(cms), 1, derTag.context0) ?? new Uint8Array());
  // version, digestAlgorithms, encapContentInfo { eContentType, [0] { OCTET STRING } }
  const content = partsOf(valueAt(signedData, 2, derTag.sequence));
  const octets = valueAt(partsOf(valueAt(content, 1, derTag.context0)), 0, derTag.octetString);
  const text = octets === undefined ? undefined : parseUtf8(octets);
  const value = text === undefined ? undefined : parseJson(text);
  return isUserInfo(value) ? value : undefined;
};

const fields = [
  'bankId',
  'bankName',
  'portalOrigin',
  'cardId',
  'customerId',
  'name',
  'loginName',
  'certificateSha256',
  'issuedAt',
] as const satisfies readonly (keyof UserInfo)[];

const isUserInfo = (value: unknown): value is UserInfo => {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Readonly<Record<string, unknown>>; // an object, by the line above
  return record.version === 1 && fields.every((field) => typeof record[field] === 'string');
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

/** This customer's card, as the block in the file carries it. Everything inside is base64 as written. */
export interface Credential {
  readonly bankId: string;
  readonly bankName: string;
  readonly portalOrigin: string;
  readonly cardId: string;
  /** base64 of the DER certificate. */
  readonly certificate: string;
  /** base64 of the CMS-signed user information. */
  readonly userInfo: string;
  /** base64 of the PKCS#8 EncryptedPrivateKeyInfo. */
  readonly key: string;
  /** base64 of the sealed seed of this card's chain (chain-seed.ts); absent: it signs in without one-time passwords. */
  readonly seed?: string;
  /** Client the card was issued with; the running one may be newer. */
  readonly clientVersion: string;
}

const fields = [
  'bankId',
  'bankName',
  'portalOrigin',
  'cardId',
  'certificate',
  'userInfo',
  'key',
  'clientVersion',
] as const satisfies readonly (keyof Credential)[];

/** `undefined`: not a credential. Also for the `null` of a client that was never personalised. */
export const parseCredential = (text: string): Credential | undefined => {
  const value = parseJson(text);
  return isCredential(value) ? value : undefined;
};

const isCredential = (value: unknown): value is Credential =>
  typeof value === 'object' &&
  value !== null &&
  fields.every((field) => typeof (value as Readonly<Record<string, unknown>>)[field] === 'string') &&
  ['string', 'undefined'].includes(typeof (value as Readonly<Record<string, unknown>>).seed);

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

import { createHash } from 'node:crypto';
import type { FileDigest, UserInfo } from '../../../electron/shared/bank-api/index.ts';
import {
  encryptKey,
  personaliseClient,
  type ClientCredential,
} from '../../../native/applications/sd/index.ts';
import type { IssuedCertificate, OpensslAuthority } from './openssl-authority.ts';

/** What the station would write on one SD card. */
export interface IssuedContent {
  readonly userInfo: UserInfo;
  readonly card: IssuedCertificate;
  readonly pin: string;
  readonly key: Uint8Array;
  readonly certificate: Uint8Array;
  readonly userInfoCms: Uint8Array;
  readonly credential: ClientCredential;
  readonly client: Uint8Array;
  /** The bank's signature over what was written. */
  manifest(files: readonly FileDigest[], mediumIdentity: string): Uint8Array;
}

export interface ContentOptions {
  readonly bankId?: string;
  readonly bankName?: string;
  readonly cardId?: string;
  readonly portalOrigin?: string;
  readonly loginName?: string;
  readonly template?: string;
  readonly pin?: string;
  readonly days?: number;
  readonly algorithm?: 'p-256' | 'p-384' | 'rsa-2048';
}

/** The least that counts as a client program. */
export const plainTemplate = (version = '1.0.0'): string =>
  [
    '<!doctype html>',
    `<meta name="cardwright-client-version" content="${version}">`,
    '<script type="application/json" id="cardwright-credential">null</script>',
    `<p>program ${version}</p>`,
  ].join('\n');

export const issueContent = async (
  authority: OpensslAuthority,
  bank: IssuedCertificate,
  options: ContentOptions = {},
): Promise<IssuedContent> => {
  const { bankId = 'yunshan', bankName = '云山银行', cardId = 'CW-2026-000001', pin = '271828' } = options;
  const { portalOrigin = 'https://127.0.0.1:8443', loginName = 'li.na', days = 20 } = options;
  const { algorithm = 'p-256' } = options;
  const card = authority.issue({
    name: `Card ${cardId}`,
    key: algorithm,
    days,
    extensions: ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=clientAuth'],
  });
  const encrypted = await encryptKey(card.pkcs8, pin);
  if (!encrypted.ok) throw new Error(encrypted.fault.code);
  const userInfo: UserInfo = {
    version: 1,
    bankId,
    bankName,
    portalOrigin,
    cardId,
    customerId: 'C-1001',
    name: '李娜',
    loginName,
    certificateSha256: createHash('sha256').update(card.certificateDer).digest('hex'),
    issuedAt: new Date().toISOString(),
  };
  const userInfoCms = authority.sign(new TextEncoder().encode(JSON.stringify(userInfo)), bank);
  const credential: ClientCredential = {
    bankId,
    bankName,
    portalOrigin,
    cardId,
    certificate: card.certificateDer,
    userInfo: userInfoCms,
    key: encrypted.value,
    clientVersion: '1.0.0',
  };
  return {
    userInfo,
    card,
    pin,
    key: encrypted.value,
    certificate: card.certificateDer,
    userInfoCms,
    credential,
    client: personaliseClient(options.template ?? plainTemplate(), credential),
    manifest: (files, mediumIdentity) =>
      authority.sign(
        new TextEncoder().encode(
          JSON.stringify({
            ...{ version: 1, bankId, cardId, mediumIdentity, clientVersion: '1.0.0', files },
            signedAt: new Date().toISOString(),
          }),
        ),
        bank,
      ),
  };
};

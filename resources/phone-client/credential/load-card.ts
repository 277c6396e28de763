import type { UserInfo } from '../../../electron/shared/bank-api/login-assertion.ts';
import { parseBase64, toHex } from '../../../electron/shared/codec/index.ts';
import type { KeyAlgorithm } from '../../../electron/shared/domain/medium.ts';
import { found, problem, type Outcome } from '../client-problem.ts';
import type { CryptoEngine } from '../unlock/crypto-engine.ts';
import { readEncryptedKey, type EncryptedKey } from '../unlock/encrypted-key.ts';
import { readCertificate } from './certificate.ts';
import { parseCredential, type Credential } from './credential.ts';
import { readUserInfo } from './user-info.ts';

/** A card whose parts were read and fit together. */
export interface Card {
  readonly credential: Credential;
  readonly userInfo: UserInfo;
  /** Hex. */
  readonly certificateSha256: string;
  readonly algorithm: KeyAlgorithm;
  readonly key: EncryptedKey;
  /** Of the chain, still sealed. */
  readonly seed: Uint8Array | undefined;
}

/** A phone may be a time zone wrong, or set a little late. */
const clockToleranceMs = 36 * 3_600_000;

/**
 * Reads the card out of the file's block and checks what can be checked here: that every part is whole,
 * that they name the same card and bank, that the certificate has not expired by this phone's clock.
 */
export const loadCard = async (
  block: string,
  engine: Pick<CryptoEngine, 'sha256'>,
  today: Date,
): Promise<Outcome<Card>> => {
  const credential = parseCredential(block);
  if (credential === undefined) return problem({ kind: 'damaged', part: 'credential' });
  const certificateDer = bytesOf(credential.certificate);
  const certificate = certificateDer && readCertificate(certificateDer);
  if (certificateDer === undefined || certificate === undefined)
    return problem({ kind: 'damaged', part: 'certificate' });
  const { algorithm } = certificate;
  if (algorithm === 'unknown') return problem({ kind: 'algorithm' });
  const userInfo = readOptional(bytesOf(credential.userInfo), readUserInfo);
  const issuedAt = new Date(userInfo?.issuedAt ?? '');
  if (userInfo === undefined || Number.isNaN(issuedAt.getTime()))
    return problem({ kind: 'damaged', part: 'user-info' });
  const key = readOptional(bytesOf(credential.key), readEncryptedKey);
  if (key === undefined) return problem({ kind: 'damaged', part: 'key' });

  const certificateSha256 = toHex(await engine.sha256(certificateDer));
  const fits =
    userInfo.bankId === credential.bankId &&
    userInfo.cardId === credential.cardId &&
    userInfo.portalOrigin === credential.portalOrigin &&
    userInfo.certificateSha256.toLowerCase() === certificateSha256 &&
    isSecureOrigin(userInfo.portalOrigin);
  if (!fits) return problem({ kind: 'mismatch' });

  const now = today.getTime();
  const earliest = Math.max(issuedAt.getTime(), certificate.notBefore.getTime());
  if (now < earliest - clockToleranceMs)
    return problem({ kind: 'clock', issuedAt: new Date(earliest), today });
  if (now > certificate.notAfter.getTime())
    return problem({ kind: 'expired', notAfter: certificate.notAfter, today });
  const seed = credential.seed === undefined ? undefined : bytesOf(credential.seed);
  return found({ credential, userInfo, certificateSha256, algorithm, key, seed });
};

const bytesOf = (base64: string): Uint8Array | undefined => {
  const parsed = parseBase64(base64);
  return parsed.ok && parsed.value.length > 0 ? parsed.value : undefined;
};

const readOptional = <T>(
  bytes: Uint8Array | undefined,
  read: (bytes: Uint8Array) => T | undefined,
): T | undefined => (bytes === undefined ? undefined : read(bytes));

/** `https://host[:port]`, nothing more: the form posts nowhere else. */
const isSecureOrigin = (origin: string): boolean => {
  try {
    const url = new URL(origin);
    return url.protocol === 'https:' && url.origin === origin;
  } catch {
    return false;
  }
};

import type {
  LoginAssertion,
  LoginAssertionPayload,
} from '../../../electron/shared/bank-api/login-assertion.ts';
import { clientVersion } from '../client-version.ts';
import type { Card } from '../credential/load-card.ts';
import type { SigningKey } from '../unlock/crypto-engine.ts';
import { toBase64Url, utf8 } from '../../../electron/shared/codec/index.ts';

/** Long enough for a slow phone and a slow network, short enough that a copied assertion is stale. */
const lifetimeSeconds = 180;

/**
 * Signs one login (S0 step 4): who asks (certificate, card), whom (the portal's origin), when, and a
 * nonce the bank accepts once. The bank, not this client, decides whether key and certificate belong
 * together: so a copied card with a foreign key is also seen and recorded there.
 * @param nonce 16 random bytes.
 * @param now seconds since 1970, UTC.
 */
export const signLogin = async (
  card: Card,
  key: SigningKey,
  nonce: Uint8Array,
  now: number,
): Promise<LoginAssertion> => {
  const content: LoginAssertionPayload = {
    type: 'cardwright-login',
    version: 1,
    audience: card.userInfo.portalOrigin,
    bankId: card.userInfo.bankId,
    cardId: card.userInfo.cardId,
    nonce: toBase64Url(nonce),
    issuedAt: now,
    expiresAt: now + lifetimeSeconds,
    clientVersion,
    certificateSha256: card.certificateSha256,
  };
  const payload = JSON.stringify(content);
  const signature = await key.sign(utf8(payload));
  return {
    payload,
    signature: toBase64Url(signature),
    certificate: card.credential.certificate,
    userInfo: card.credential.userInfo,
  };
};

import type {
  LoginAssertion,
  LoginAssertionPayload,
  SignedHead,
} from '../../../electron/shared/bank-api/login-assertion.ts';
import type { AskPayload, ConfirmationPayload } from '../../../electron/shared/bank-api/card-messages.ts';
import { clientVersion } from '../client-version.ts';
import type { Card } from '../credential/load-card.ts';
import type { SigningKey } from '../unlock/crypto-engine.ts';
import { toBase64Url, utf8 } from '../../../electron/shared/codec/index.ts';

/** What the card says beside who it is. */
export type Message =
  | Omit<LoginAssertionPayload, keyof SignedHead>
  | Omit<AskPayload, keyof SignedHead>
  | Omit<ConfirmationPayload, keyof SignedHead>;

/** Long enough for a slow phone and a slow network, short enough that a copied message is stale. */
const lifetimeSeconds = 180;

/**
 * Signs one message to the bank (S0 step 4): who speaks (certificate, card), to whom (the portal's origin),
 * when, and a nonce the bank accepts once. The bank, not this client, decides whether key and certificate
 * belong together: so a copied card with a foreign key is also seen and recorded there.
 * @param nonce 32 random bytes.
 * @param now seconds since 1970, UTC.
 */
export const signMessage = async (
  card: Card,
  key: SigningKey,
  message: Message,
  nonce: Uint8Array,
  now: number,
): Promise<LoginAssertion> => {
  const head: SignedHead = {
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
  const payload = JSON.stringify({ ...message, ...head });
  const signature = await key.sign(utf8(payload));
  return {
    payload,
    signature: toBase64Url(signature),
    certificate: card.credential.certificate,
    userInfo: card.credential.userInfo,
  };
};

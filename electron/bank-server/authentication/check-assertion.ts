import { createHash, hash } from 'node:crypto';
import type { z } from 'zod';
import {
  loginAssertion,
  loginAssertionPayload,
  userInfo as userInfoSchema,
  type LoginAssertionPayload,
  type SignedHead,
} from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { findCertificate } from '../authority/certificates.ts';
import { after, type Bank } from '../bank.ts';
import { openContent } from '../ca/signed-data.ts';
import { readCardFile, type CardFile } from '../registry/card-record.ts';
import type { CertificateRow } from '../store/tables.ts';
import { isSignedByCard } from './card-signature.ts';

const LIFETIME_SECONDS = 300;
/** Phones are not exact either. */
const CLOCK_TOLERANCE_SECONDS = 120;

/** What a card said, and everything the bank knows of that card. */
export interface Signed<Payload> {
  readonly file: CardFile;
  readonly payload: Payload;
}

/** Checks a login (S0 step 7). */
export const checkAssertion = (bank: Bank, field: string): Promise<Result<Signed<LoginAssertionPayload>>> =>
  checkSigned(bank, field, loginAssertionPayload);

/**
 * Checks what a phone client signed: the card's certificate is one of this bank's, its key signed this very
 * message for this very portal just now, nobody used it before, card and registration are active, and the
 * user information is the bank's own for this card.
 *
 * @param field JSON of a LoginAssertion
 * @param schema which message it has to be
 */
export const checkSigned = async <Payload extends SignedHead>(
  bank: Bank,
  field: string,
  schema: z.ZodType<Payload>,
): Promise<Result<Signed<Payload>>> => {
  const now = bank.clock();
  const assertion = loginAssertion.safeParse(fromJson(field)).data;
  const payload = assertion && schema.safeParse(fromJson(assertion.payload)).data;
  if (assertion === undefined || payload === undefined)
    return fail('assertion-malformed', { reason: 'form' });
  if (payload.audience !== bank.portalOrigin || payload.bankId !== bank.identity.bankId)
    return fail('assertion-malformed', { reason: 'audience' });

  const der = Buffer.from(assertion.certificate, 'base64');
  const certificate = await findCertificate(bank.store.db, der);
  const foreign = (reason: string) => fail('assertion-foreign-key', { reason, cardId: payload.cardId });
  if (certificate === undefined) return foreign('certificate');
  if (
    certificate.card_id !== payload.cardId ||
    hash('sha256', der) !== payload.certificateSha256.toLowerCase()
  )
    return foreign('card');
  if (!isSignedByCard(der, assertion.payload, Buffer.from(assertion.signature, 'base64url'), 'p1363'))
    return foreign('signature');

  // From here on it is the holder of this card's key who asks.
  const seconds = now.getTime() / 1000;
  if (
    payload.issuedAt > seconds + CLOCK_TOLERANCE_SECONDS ||
    payload.expiresAt < seconds - CLOCK_TOLERANCE_SECONDS ||
    payload.expiresAt < payload.issuedAt ||
    payload.issuedAt < seconds - LIFETIME_SECONDS - CLOCK_TOLERANCE_SECONDS
  )
    return fail('assertion-expired', { cardId: payload.cardId });
  if (!(await spendNonce(bank, payload, now))) return fail('assertion-replayed', { cardId: payload.cardId });

  const file = await readCardFile(bank.store.db, payload.cardId);
  if (!file.ok) return foreign('card');
  const usable = checkUsable(file.value, certificate, now);
  if (!usable.ok) return usable;
  if (!(await isOwnUserInfo(bank, assertion.userInfo, file.value))) return foreign('user-info');
  return ok({ file: file.value, payload });
};

/** Registration, certificate and card, each in its own words. Also asked again for every page of a session. */
export const checkUsable = (
  { card, registration }: CardFile,
  certificate: CertificateRow,
  now: Date,
): Result<void> => {
  const cardId = card.card_id;
  // Ten failures void registration and certificate together; the customer hears about the first.
  if (registration.state === 'void') return fail('registration-void', { cardId });
  if (certificate.state === 'revoked') return fail('certificate-revoked', { cardId });
  if (certificate.state === 'expired' || certificate.not_after <= now.toISOString())
    return fail('certificate-expired', { cardId });
  if (registration.state !== 'active' || certificate.state !== 'issued' || card.state !== 'active')
    return fail('registration-inactive', { cardId });
  return ok();
};

/** On the disk before the answer leaves; forgotten only when the assertion would be too old anyway. */
const spendNonce = async (bank: Bank, payload: SignedHead, now: Date): Promise<boolean> => {
  const { db } = bank.store;
  const spent = await db
    .insertInto('login_nonces')
    .values({
      nonce_sha256: createHash('sha256').update(`${payload.cardId}|${payload.nonce}`).digest('hex'),
      card_id: payload.cardId,
      expires_at: after(now, LIFETIME_SECONDS + 3 * CLOCK_TOLERANCE_SECONDS),
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return spent.numInsertedOrUpdatedRows === 1n;
};

const isOwnUserInfo = async (bank: Bank, base64: string, file: CardFile): Promise<boolean> => {
  const opened = openContent(Buffer.from(base64, 'base64'));
  if (opened === undefined) return false;
  const signer = await findCertificate(bank.store.db, opened.signerCertificate);
  if (signer?.profile !== 'bank-signing' || signer.state !== 'issued') return false;
  const info = userInfoSchema.safeParse(fromJson(opened.content.toString('utf8'))).data;
  return (
    info?.bankId === bank.identity.bankId &&
    info.cardId === file.card.card_id &&
    info.customerId === file.card.customer_id &&
    info.certificateSha256 === file.certificate?.sha256
  );
};

const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

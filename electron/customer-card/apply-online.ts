import { createHash } from 'node:crypto';
import { challengeMessage, type SealedSecret, type SecretPurpose } from '../shared/bank-api/index.ts';
import type { KeyAlgorithm, MediumIdentityRecord } from '../shared/domain/index.ts';
import type { KeyOrderReply } from '../shared/online-api/index.ts';
import { fail, ok, type Result } from '../shared/result/index.ts';
import { hashOf, makeCertificateRequest } from '../station/bank/certificate-request.ts';
import {
  encodeKeyHistory,
  encodeMarker,
  keyHistoryObject,
  markerObject,
  retiredSlots,
  userInfoObject,
  type PivSession,
  type PivSlot,
} from '../../native/applications/piv/index.ts';
import type { OnlineBank, UseCard } from './online-bank.ts';

export interface Application {
  readonly customerId: string;
  readonly documentNumber: string;
  readonly account: string;
  readonly accountPin: string;
  readonly loginPassword: string;
  readonly cardPin: string;
  readonly medium: MediumIdentityRecord;
  /** 9A for the first bank on the card, a retired slot for each further one. */
  readonly slot: PivSlot;
  /** Seals what was typed to the bank's envelope key. */
  readonly seal: (
    key: { readonly keyId: string; readonly publicKey: string },
    purpose: SecretPurpose,
    customerId: string,
    secret: string,
  ) => Promise<SealedSecret>;
}

export interface CertifiedCard {
  readonly cardId: string;
  /** DER. */
  readonly certificate: Uint8Array;
}

/**
 * A certificate from the customer's own terminal (S2, 501 to 512). Faults: those of the card, of the bank and
 * of the way between; nothing on the card counts before the bank has said yes to its proof.
 */
export const applyOnline = async (
  bank: OnlineBank,
  useCard: UseCard,
  application: Application,
): Promise<Result<CertifiedCard>> => {
  const about = await bank.call('bank', {}, {});
  if (!about.ok) return about;
  const { customerId, documentNumber, account, medium, slot } = application;
  const seal = (purpose: SecretPurpose, secret: string) =>
    application.seal(about.value.envelopeKey, purpose, customerId, secret);
  const order = await bank.call(
    'apply',
    {},
    {
      customerId,
      documentNumber,
      account,
      pin: await seal('account-pin', application.accountPin),
      loginPassword: await seal('login-password', application.loginPassword),
      medium,
      slot,
    },
  );
  if (!order.ok) return order;
  return useCard((piv) => fulfil(bank, piv, about.value.bankId, order.value, application.cardPin));
};

/**
 * The next certificate, asked for with the one that is good now: `holder` speaks with its key, `bank` without
 * any, because from the new key on the old certificate opens nothing.
 */
export const renewOnline = async (
  holder: OnlineBank,
  bank: OnlineBank,
  useCard: UseCard,
  cardPin: string,
): Promise<Result<CertifiedCard>> => {
  const about = await bank.call('bank', {}, {});
  if (!about.ok) return about;
  const order = await holder.call('renew', {}, {});
  if (!order.ok) return order;
  return useCard((piv) => fulfil(bank, piv, about.value.bankId, order.value, cardPin));
};

const fulfil = async (
  bank: OnlineBank,
  piv: PivSession,
  bankId: string,
  order: KeyOrderReply,
  cardPin: string,
): Promise<Result<CertifiedCard>> => {
  const { applicationId, cardId, enrolment } = order;
  const slot = order.slot as PivSlot; // never 'file': the medium is a card
  const { algorithm } = enrolment;
  const opened = await openForWriting(bank, piv, applicationId);
  if (!opened.ok) return opened;
  const publicKey = await piv.generateKey(slot, algorithm); // 503 to 509
  if (!publicKey.ok) return publicKey;
  const verified = await piv.verifyPin(cardPin);
  if (!verified.ok) return verified;
  const request = await makeCertificateRequest({
    order: enrolment,
    publicKey: publicKey.value,
    sign: (bytes) => piv.sign(slot, algorithm, createHash(hashOf(algorithm)).update(bytes).digest()),
  });
  if (!request.ok) return request;
  const certified = await bank.call('certify', { applicationId }, { request: base64(request.value) });
  if (!certified.ok) return certified;
  const certificate = fromBase64(certified.value.certificate);
  const contentSha256 = await writeContent(
    piv,
    slot,
    cardId,
    certificate,
    fromBase64(certified.value.userInfo),
  );
  if (!contentSha256.ok) return contentSha256;
  const stored = await bank.call('stored', { applicationId }, { contentSha256: contentSha256.value });
  if (!stored.ok) return stored;
  const { challengeId, nonce } = stored.value;
  const signature = await signed(piv, slot, algorithm, challengeMessage(bankId, cardId, nonce));
  if (!signature.ok) return signature;
  const readBack = await piv.readCertificate(slot);
  if (!readBack.ok) return readBack;
  if (readBack.value === undefined) return fail('card-object-missing', { what: 'certificate' });
  const proven = await bank.call(
    'prove',
    { applicationId },
    { challengeId, signature: base64(signature.value), certificate: base64(readBack.value) },
  );
  return proven.ok ? ok({ cardId, certificate }) : proven;
};

/** The management key is the bank's: witness and challenge go between card and bank. */
const openForWriting = async (
  bank: OnlineBank,
  piv: PivSession,
  applicationId: string,
): Promise<Result<void>> => {
  const algorithm = await piv.readManagementAlgorithm();
  if (!algorithm.ok) return algorithm;
  const managed = algorithm.value;
  // At home there is no bank's channel to the card.
  if (managed === undefined) return fail('card-unsupported', { what: 'management-key' });
  const metadata = await piv.readMetadata('management-key');
  if (!metadata.ok) return metadata;
  const isDefault = metadata.value?.isDefault;
  let authenticationId = '';
  return piv.authenticateManagement({
    algorithm: managed,
    async begin(encryptedWitness) {
      const begun = await bank.call(
        'beginManagementAuthentication',
        { applicationId },
        {
          algorithm: managed,
          encryptedWitness: base64(encryptedWitness),
          ...(isDefault !== undefined && { isDefault }),
        },
      );
      if (!begun.ok) return begun;
      authenticationId = begun.value.authenticationId;
      return ok({ witness: fromBase64(begun.value.witness), challenge: fromBase64(begun.value.challenge) });
    },
    async finish(response) {
      const params = { applicationId, authenticationId };
      const end = await bank.call('finishManagementAuthentication', params, { response: base64(response) });
      if (!end.ok) return end;
      return end.value.genuine ? ok() : fail('card-management-key-refused');
    },
  });
};

/**
 * The first bank's content is that of a card from the counter; a further bank adds its certificate, and the
 * card says how many there are. Gives the hash of what was written.
 */
const writeContent = async (
  piv: PivSession,
  slot: PivSlot,
  cardId: string,
  certificate: Uint8Array,
  userInfo: Uint8Array,
): Promise<Result<string>> => {
  const written = await piv.writeCertificate(slot, certificate);
  if (!written.ok) return written;
  const retired = retiredSlots.findIndex((each) => each === slot);
  if (retired >= 0) {
    const history = await piv.putObject(keyHistoryObject, encodeKeyHistory(retired + 1));
    return history.ok ? ok(sha256(certificate)) : history;
  }
  const info = await piv.putObject(userInfoObject, userInfo);
  if (!info.ok) return info;
  const marker = encodeMarker({
    cardId,
    certificateSha256: sha256(certificate),
    userInfoSha256: sha256(userInfo),
  });
  const last = await piv.putObject(markerObject, marker);
  return last.ok ? ok(sha256(marker)) : last;
};

const signed = (piv: PivSession, slot: PivSlot, algorithm: KeyAlgorithm, message: string) =>
  piv.sign(slot, algorithm, createHash(hashOf(algorithm)).update(message).digest());

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

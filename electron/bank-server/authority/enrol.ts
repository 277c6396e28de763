import { fail, ok, type Failed, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import type { CertificateProfile } from '../ca/certificate-profile.ts';
import { asWanted, partOf } from '../ca/subject-name.ts';
import { actorOf, type Caller } from '../http/api-call.ts';
import { newestCertificate } from '../registry/card-record.ts';
import { moveCard, recordAll } from '../registry/moves.ts';
import { bindKey } from '../registry/report-progress.ts';
import type { BankTransaction } from '../store/store.ts';
import type { CertificateRequest } from './certificate-request.ts';

/** Why a request gets no certificate; `reason` in the data of 'csr-refused'. */
export type EnrolmentRefusal =
  | 'malformed'
  | 'profile'
  | 'proof-of-possession'
  /** What the maker of the card has made can be computed by anybody. */
  | 'weak-key'
  | 'algorithm'
  | 'card-unknown'
  | 'subject'
  | 'card-state'
  | 'key-differs'
  | 'key-in-use'
  | 'not-approved'
  /** The request belongs to another connection, or to none where the profile wants it to. */
  | 'channel-binding'
  /** A key made by the bank is nobody's own. */
  | 'policy';

/**
 * Certifies a card's key. Every check stands before the CA key is touched; the certificate says what the
 * bank ordered, never what the request says. The same key for the same card gets the same certificate
 * again, so an answer that was lost on the way can be fetched.
 *
 * @returns the certificate, DER
 */
export const enrol = async (
  bank: Bank,
  caller: Caller,
  profileName: string,
  request: CertificateRequest,
): Promise<Result<Buffer>> => {
  const profile = bank.authority.profiles.get(profileName);
  if (!profile?.enrollable) return refuse('profile');
  const flaw = keyFlaw(request, profile);
  if (flaw !== undefined) return refuse(flaw);
  const cardId = partOf(request.subject, 'serialNumber');
  if (cardId === undefined) return refuse('subject');

  // The card's row says whether it has a certificate, and is written; a key has one row for ever.
  return bank.store.transaction((tx) => certify(bank, tx, caller, profile, cardId, request), 'snapshot');
};

const certify = async (
  bank: Bank,
  tx: BankTransaction,
  caller: Caller,
  profile: CertificateProfile,
  cardId: string,
  request: CertificateRequest,
): Promise<Result<Buffer>> => {
  const card = await tx.selectFrom('cards').selectAll().where('card_id', '=', cardId).executeTakeFirst();
  if (card === undefined) return refuse('card-unknown');
  const refused = (reason: EnrolmentRefusal) => refuse(reason, { cardId, state: card.state });

  const subject = asWanted(request.subject, card.subject);
  if (subject === undefined) return refused('subject');
  if (card.profile !== profile.name) return refused('profile');
  if (card.state !== 'reserved' && card.state !== 'keyed') {
    const certificate = await newestCertificate(tx, cardId);
    return certificate?.state === 'issued' && certificate.public_key_sha256 === request.publicKeySha256
      ? ok(Buffer.from(certificate.der, 'base64'))
      : refused('card-state');
  }
  if (card.state === 'keyed' && card.public_key_sha256 !== request.publicKeySha256)
    return refused('key-differs');
  const bound = await bindKey(tx, request.publicKeySha256, cardId, caller.now);
  if (!bound.ok) return bound;

  const actor = actorOf(caller, card.officer_id);
  const issued = await bank.authority.issue(tx, { profile, subject, spki: request.spki, cardId });
  await recordAll(tx, cardId, actor, [
    { machine: 'certificate', from: null, to: 'requested', why: 'enrolment' },
    { machine: 'certificate', from: 'requested', to: 'issued', why: 'enrolment' },
  ]);
  const moved = await moveCard(tx, card, 'certified', actor, 'certificate issued', {
    public_key_sha256: request.publicKeySha256,
  });
  return moved.ok ? ok(Buffer.from(issued.der, 'base64')) : moved;
};

export const keyFlaw = (
  request: CertificateRequest,
  profile: CertificateProfile,
): EnrolmentRefusal | undefined => {
  const allowed =
    request.keyAlgorithm === profile.algorithm &&
    profile.requestSignatures.includes(request.signatureAlgorithm);
  return allowed ? undefined : 'algorithm';
};

const refuse = (reason: EnrolmentRefusal, data: Readonly<Record<string, string>> = {}): Failed =>
  fail('csr-refused', { reason, ...data });

import { readCertificateRequest, tried, type CertificateRequest } from '../authority/certificate-request.ts';
import { keyFlaw } from '../authority/enrol.ts';
import { checkAccountPin } from '../authentication/check-account-pin.ts';
import type { Bank } from '../bank.ts';
import { asWanted } from '../ca/subject-name.ts';
import { actorOf, type ApiCall } from '../http/api-call.ts';
import { readCardFile } from '../registry/card-record.ts';
import { moveCertificate, record } from '../registry/moves.ts';
import { openChallenge, proveCard } from '../registry/prove-card.ts';
import {
  activateCard,
  bindKey,
  deliverCard,
  registerCard,
  reportWritten,
} from '../registry/report-progress.ts';
import { enrolmentOrderOf, reserveCard } from '../registry/reserve-card.ts';
import { signUserInfo } from '../registry/sign-card-content.ts';
import type { RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import type { OnlineApi, KeyOrderReply } from '../../shared/online-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { CUSTOMER, type CardHolder, type OnlineRoom } from './online-room.ts';
import { openTicket, readTicket, spendTicket, type ReadTicket } from './tickets.ts';

type Call = ApiCall<never>;

/**
 * S2 501, 502. Customer, document and account have to belong together before a PIN is looked at: nobody finds out
 * here who is a customer, or spends another's tries without their document. The PIN is counted as at the counter. A customer whose certificate became void goes to
 * the counter: there it is made anew (S4, 109). Faults: those of `checkAccountPin` and `reserveCard`,
 * registration-void.
 */
export const apply = async (
  { bank, algorithm }: OnlineRoom,
  call: Call,
  body: RouteBody<OnlineApi['apply']>,
): Promise<Result<KeyOrderReply>> => {
  const { customerId, account, pin, medium, slot, loginPassword } = body;
  if (!(await isOnFile(bank, body))) return fail('identity-refused', { reason: 'not-on-file' });
  const checked = await checkAccountPin(bank, call, { customerId }, { account, pin, officerId: CUSTOMER });
  if (!checked.ok) return checked;
  if (await isVoid(bank, customerId)) return fail('registration-void', { customerId });
  const reserved = await reserveCard(bank, call, {
    customerId,
    pinCheckId: checked.value.pinCheckId,
    medium,
    algorithm,
    slot,
    loginPassword,
    officerId: CUSTOMER,
    identityDecision: { documentNumber: body.documentNumber, differences: [], accepted: true },
  });
  if (!reserved.ok) return reserved;
  const { card, enrolment } = reserved.value;
  const { id, expiresAt } = await openTicket(bank, card.cardId, { kind: 'application' });
  return ok({ applicationId: id, cardId: card.cardId, slot, enrolment, expiresAt });
};

const isOnFile = async (
  bank: Bank,
  { customerId, documentNumber, account }: RouteBody<OnlineApi['apply']>,
): Promise<boolean> => {
  const found = await bank.store.db
    .selectFrom('customers')
    .innerJoin('accounts', 'accounts.customer_id', 'customers.customer_id')
    .select('customers.customer_id')
    .where('customers.customer_id', '=', customerId)
    .where('customers.document_number', '=', documentNumber)
    .where('accounts.account_number', '=', account)
    .executeTakeFirst();
  return found !== undefined;
};

/** The customer's newest registration ended by ten failures, and no counter has made another since. */
const isVoid = async (bank: Bank, customerId: string): Promise<boolean> => {
  const newest = await bank.store.db
    .selectFrom('registrations')
    .innerJoin('cards', 'cards.card_id', 'registrations.card_id')
    .select('registrations.state')
    .where('cards.customer_id', '=', customerId)
    .orderBy('cards.created_at', 'desc')
    .executeTakeFirst();
  return newest?.state === 'void';
};

/** The certificate that is good now asks for the next one: a new key in the same slot, the same subject. */
export const renew = async (
  { bank }: OnlineRoom,
  { file: { card }, certificate }: CardHolder,
): Promise<Result<KeyOrderReply>> => {
  const customer = await bank.store.db
    .selectFrom('customers')
    .select('name_latin')
    .where('customer_id', '=', card.customer_id)
    .executeTakeFirstOrThrow();
  const enrolment = enrolmentOrderOf(bank, customer.name_latin, card.card_id, card.algorithm);
  const { id, expiresAt } = await openTicket(bank, card.card_id, {
    kind: 'renewal',
    replaces: certificate.serial,
  });
  return ok({ applicationId: id, cardId: card.card_id, slot: card.slot, enrolment, expiresAt });
};

/** S2 510, 511. The same request again gets the same certificate. */
export const certify = async (
  { bank, enrol }: OnlineRoom,
  call: Call,
  applicationId: string,
  request: Uint8Array,
): Promise<Result<RouteReply<OnlineApi['certify']>>> => {
  const ticket = await readTicket(bank, applicationId);
  if (!ticket.ok) return ticket;
  const { cardId, content } = ticket.value;
  const file = await readCardFile(bank.store.db, cardId);
  if (!file.ok) return file;
  const read = readCertificateRequest(request);
  if (typeof read === 'string') return fail('csr-refused', { reason: read, cardId });
  const certificate =
    content.kind === 'renewal'
      ? await certifyNext(bank, call, cardId, content.replaces, read)
      : await enrol(call, file.value.card.profile, tried(read));
  if (!certificate.ok) return certificate;
  const userInfo = await signUserInfo(bank, call, cardId);
  if (!userInfo.ok) return userInfo;
  return ok({ certificate: certificate.value.toString('base64'), userInfo: userInfo.value.userInfo });
};

/** Beside the certificate it will replace: that one ends when this one has proven itself. */
const certifyNext = async (
  bank: Bank,
  call: Call,
  cardId: string,
  replaces: string,
  request: CertificateRequest,
): Promise<Result<Buffer>> => {
  const refused = (reason: string) => fail('csr-refused', { reason, cardId });
  return bank.store.transaction(async (tx) => {
    const read = await readCardFile(tx, cardId);
    if (!read.ok) return read;
    const { card, certificate } = read.value;
    const profile = bank.authority.profiles.get(card.profile);
    if (profile === undefined) return refused('profile');
    const flaw = keyFlaw(request, profile);
    if (flaw !== undefined) return refused(flaw);
    const subject = asWanted(request.subject, card.subject);
    if (subject === undefined) return refused('subject');
    if (card.state !== 'active' || certificate === undefined) return refused('card-state');
    if (certificate.serial !== replaces)
      return certificate.state === 'issued' && certificate.public_key_sha256 === request.publicKeySha256
        ? ok(Buffer.from(certificate.der, 'base64'))
        : refused('card-state');
    if (certificate.public_key_sha256 === request.publicKeySha256) return refused('key-in-use');
    const bound = await bindKey(tx, request.publicKeySha256, cardId, call.now);
    if (!bound.ok) return bound;
    const actor = actorOf(call, CUSTOMER);
    await record(tx, 'certificate', cardId, null, 'requested', actor, 'renewal');
    const issued = await bank.authority.issue(tx, { profile, subject, spki: request.spki, cardId });
    await record(tx, 'certificate', cardId, 'requested', 'issued', actor, 'renewal');
    await tx
      .updateTable('cards')
      .set({ public_key_sha256: request.publicKeySha256, version: card.version + 1 })
      .where('card_id', '=', cardId)
      .where('version', '=', card.version)
      .execute();
    return ok(Buffer.from(issued.der, 'base64'));
  });
};

/** S2 512. */
export const stored = async (
  { bank }: OnlineRoom,
  call: Call,
  applicationId: string,
  contentSha256: string,
): Promise<Result<RouteReply<OnlineApi['stored']>>> => {
  const ticket = await readTicket(bank, applicationId);
  if (!ticket.ok) return ticket;
  const { cardId, content } = ticket.value;
  if (content.kind === 'renewal') {
    await bank.store.db
      .updateTable('cards')
      .set({ content_sha256: contentSha256 })
      .where('card_id', '=', cardId)
      .execute();
  } else {
    const written = await reportWritten(bank, call, cardId, { contentSha256 });
    if (!written.ok) return written;
  }
  const challenge = await openChallenge(bank, call, cardId);
  return challenge.ok
    ? ok({ challengeId: challenge.value.challengeId, nonce: challenge.value.nonce })
    : challenge;
};

/** The card signed a fresh nonce: a new one is registered and active, a renewed one has its old certificate revoked. */
export const prove = async (
  { bank }: OnlineRoom,
  call: Call,
  applicationId: string,
  proof: RouteBody<OnlineApi['prove']>,
): Promise<Result<RouteReply<OnlineApi['prove']>>> => {
  const read = await readTicket(bank, applicationId);
  if (!read.ok) return read;
  const { cardId } = read.value;
  const proven = await proveCard(bank, call, cardId, proof);
  if (!proven.ok) return proven;
  const ended = await finish(bank, call, read.value);
  if (!ended.ok) return ended;
  await spendTicket(bank, applicationId);
  return ok({ cardId, certificateSerial: proven.value.card.certificate?.serial ?? '' });
};

const finish = async (bank: Bank, call: Call, { cardId, content }: ReadTicket): Promise<Result<unknown>> => {
  if (content.kind === 'renewal')
    return bank.store.transaction(async (tx) => {
      const old = await tx
        .selectFrom('certificates')
        .selectAll()
        .where('serial', '=', content.replaces)
        .where('state', '=', 'issued')
        .executeTakeFirst();
      if (old === undefined) return ok();
      const ended = await moveCertificate(tx, old, 'revoked', actorOf(call, CUSTOMER), 'superseded');
      return ended.ok ? ok() : ended;
    });
  const registered = await registerCard(bank, call, cardId);
  if (!registered.ok) return registered;
  const delivered = await deliverCard(bank, call, cardId, { receiptNumber: `online-${cardId}` });
  return delivered.ok ? activateCard(bank, call, cardId) : delivered;
};

import { randomBytes } from 'node:crypto';
import type { BankApi, EnrolmentOrder, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import type { KeyAlgorithm, KeySlot, MediumKind } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { checkLoginPassword } from '../authentication/login-password-policy.ts';
import type { Bank } from '../bank.ts';
import { formatName, nameDer, type SubjectName } from '../ca/subject-name.ts';
import { actorOf, type ApiCall } from '../http/api-call.ts';
import { officerOf } from '../officers/officer-cards.ts';
import { usableCard } from '../key-service/card-keys.ts';
import type { Database } from '../store/store.ts';
import type { CardRow } from '../store/tables.ts';
import { readCardRecord } from './card-record.ts';
import { record } from './moves.ts';

type ReserveCard = BankApi['reserveCard'];

/**
 * Reserves a card: the first state of a card the bank knows. From here on customer and medium are taken
 * until the card ends (DESIGN.md §4, invariant 1).
 */
export const reserveCard = async (
  bank: Bank,
  call: ApiCall<RouteReply<ReserveCard>>,
  body: RouteBody<ReserveCard>,
): Promise<Result<RouteReply<ReserveCard>>> => {
  const { customerId, medium, algorithm } = body;
  const customer = await bank.coreBanking.readCustomer(customerId);
  if (!customer.ok) return customer;
  const { nameLatin, loginName, document, blocked } = customer.value;
  if (blocked) return fail('customer-blocked', { customerId });
  if (body.identityDecision.documentNumber !== document.number)
    return fail('identity-refused', { reason: 'document-number' });
  if (document.expires < call.now.toISOString().slice(0, 10))
    return fail('identity-refused', { reason: 'document-expired', expires: document.expires });

  const usable = await usableCard(bank.store.db, medium.identity);
  if (!usable.ok) return usable;

  const password = await bank.envelopes.open(body.loginPassword, 'login-password', customerId);
  if (!password.ok) return password;
  const strong = checkLoginPassword(password.value, loginName);
  if (!strong.ok) return strong;
  const loginPasswordHash = await bank.hashes.make(password.value);

  const cardId = newCardId();
  const slot = body.slot ?? slotOf(medium.kind);
  if ((slot === 'file') !== (medium.kind === 'sd-card')) return fail('request-malformed', { field: 'slot' });
  const enrolment = enrolmentOrderOf(bank, nameLatin, cardId, algorithm);
  const now = call.now.toISOString();
  const actor = actorOf(call, body.officerId);

  return call.commit(async (tx) => {
    const owner = `${customerId}|${bank.identity.bankId}|${slot}`;
    const ofCustomer = await liveCard(tx, 'live_owner', owner);
    if (ofCustomer && (await isSameReservation(tx, ofCustomer, body))) {
      // The answer was lost and the password typed again: this reservation, with the new password.
      await tx
        .updateTable('registrations')
        .set({ login_password_hash: loginPasswordHash })
        .where('card_id', '=', ofCustomer.card_id)
        .execute();
      return reserved(tx, ofCustomer, enrolmentOrderOf(bank, nameLatin, ofCustomer.card_id, algorithm));
    }
    if (ofCustomer)
      return fail('customer-has-active-card', {
        cardId: ofCustomer.card_id,
        state: ofCustomer.state,
        mediumSerial: ofCustomer.medium_serial,
        unfinished: isUnfinished(ofCustomer), // true: compensate that issuance; false: revoke or replace that card
      });
    const ofOfficer = await officerOf(tx, medium.identity);
    if (ofOfficer !== undefined) return fail('officer-card-in-use', { officerId: ofOfficer });
    const onMedium = await liveCard(tx, 'live_medium', medium.identity);
    if (onMedium)
      return fail('medium-already-registered', {
        cardId: onMedium.card_id,
        state: onMedium.state,
        mediumSerial: onMedium.medium_serial,
        unfinished: isUnfinished(onMedium),
      });

    const spent = await tx
      .updateTable('pin_checks')
      .set({ used_for: cardId })
      .where('pin_check_id', '=', body.pinCheckId)
      .where('customer_id', '=', customerId)
      .where('station_id', '=', call.station.stationId)
      .where('used_for', 'is', null)
      .where('expires_at', '>', now)
      .executeTakeFirst();
    if (spent.numUpdatedRows !== 1n) return fail('pin-check-expired', { customerId });

    await tx
      .insertInto('cards')
      .values({
        card_id: cardId,
        customer_id: customerId,
        medium_kind: medium.kind,
        medium_identity: medium.identity,
        medium_serial: medium.serial,
        slot,
        state: 'reserved',
        version: 1,
        profile: enrolment.profile,
        algorithm,
        subject: enrolment.subject,
        public_key_sha256: null,
        client_version: null,
        content_sha256: null,
        receipt_number: null,
        identity_decision: JSON.stringify(body.identityDecision),
        officer_id: body.officerId,
        station_id: call.station.stationId,
        created_at: now,
        updated_at: now,
        live_owner: owner,
        live_medium: medium.identity,
      })
      .execute();
    await tx
      .insertInto('registrations')
      .values({
        card_id: cardId,
        customer_id: customerId,
        state: 'pending',
        since: now,
        reason: null,
        login_password_hash: loginPasswordHash,
        login_failures: 0,
        next_login_at: null,
        last_login_at: null,
      })
      .execute();
    await record(tx, 'card', cardId, null, 'reserved', actor, 'issuance');
    await record(tx, 'registration', cardId, null, 'pending', actor, 'issuance');
    return reserved(tx, { card_id: cardId }, enrolment);
  });
};

const reserved = async (
  tx: Database,
  { card_id }: Pick<CardRow, 'card_id'>,
  enrolment: EnrolmentOrder,
): Promise<Result<RouteReply<ReserveCard>>> => {
  const card = await readCardRecord(tx, card_id);
  return card.ok ? ok({ card: card.value, enrolment }) : card;
};

export const enrolmentOrderOf = (
  bank: Bank,
  nameLatin: string,
  cardId: string,
  algorithm: KeyAlgorithm,
): EnrolmentOrder => {
  const subject: SubjectName = [
    { type: 'CN', value: nameLatin },
    { type: 'serialNumber', value: cardId },
    { type: 'O', value: bank.identity.bankNameLatin },
    { type: 'C', value: 'CN' },
  ];
  return {
    profile: cardProfiles[algorithm],
    algorithm,
    subject: formatName(subject),
    subjectDer: nameDer(subject).toString('base64'),
  };
};

const cardProfiles: Record<KeyAlgorithm, string> = {
  'p-256': 'card-p256',
  'rsa-2048': 'card-rsa2048',
  'p-384': 'card-p384',
};

/** The same PIN check, medium and algorithm, and nothing has happened to the card since. */
const isSameReservation = async (
  tx: Database,
  card: CardRow,
  body: RouteBody<ReserveCard>,
): Promise<boolean> => {
  const check = await tx
    .selectFrom('pin_checks')
    .select('used_for')
    .where('pin_check_id', '=', body.pinCheckId)
    .executeTakeFirst();
  return (
    check?.used_for === card.card_id &&
    card.state === 'reserved' &&
    card.medium_identity === body.medium.identity &&
    card.algorithm === body.algorithm
  );
};

const liveCard = (
  db: Database,
  place: 'live_owner' | 'live_medium',
  value: string,
): Promise<CardRow | undefined> =>
  db.selectFrom('cards').selectAll().where(place, '=', value).executeTakeFirst();

const isUnfinished = ({ state }: CardRow): boolean =>
  ['reserved', 'keyed', 'certified', 'written', 'verified', 'registered', 'delivered', 'broken'].includes(
    state,
  );

/** This bank's slot: on cards the PIV authentication key, on an SD card the key file. */
const slotOf = (kind: MediumKind): KeySlot => (kind === 'sd-card' ? 'file' : '9a');

/** `CW-7K3M-9QXD-2RTA`: 60 random bits in letters nobody misreads (Crockford's base 32). */
const newCardId = (): string => {
  const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const text = [...randomBytes(12)].map((byte) => letters.charAt(byte & 31)).join('');
  return `CW-${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
};

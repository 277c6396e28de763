import { createHash } from 'node:crypto';
import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { aboutEnrolment, aboutRevocation, type OfficerCard } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { readCertificateRequest } from '../authority/certificate-request.ts';
import { keyFlaw } from '../authority/enrol.ts';
import type { Bank } from '../bank.ts';
import type { SubjectName } from '../ca/subject-name.ts';
import type { ApiCall, Caller } from '../http/api-call.ts';
import type { Database } from '../store/store.ts';
import type { OfficerCardRow } from '../store/tables.ts';
import { checkSignedAct } from './check-signed-act.ts';
import { managersHaveCards } from './reopen-set-up.ts';

/*
 * Officers' own cards. A manager orders one, signed with the manager's own card, for somebody else; the first manager
 * of a station orders the first one for himself. The certificate says who the officer is, in which role and branch;
 * whether it is good at this moment is said here.
 */

type Certify = BankApi['certifyOfficerCard'];
type Activate = BankApi['activateOfficerCard'];
type Revoke = BankApi['revokeOfficerCard'];

const MOST_CARDS = 500;

/** @param officers their numbers, commas between: whose cards are asked for; else those made at the caller's station */
export const findOfficerCards = async (
  bank: Bank,
  { station }: Caller,
  officers?: string,
): Promise<Result<RouteReply<BankApi['findOfficerCards']>>> => {
  const wanted = bank.store.db.selectFrom('officer_cards').selectAll();
  const rows = await (
    officers === undefined
      ? wanted.where('station_id', '=', station.stationId)
      : wanted.where('officer_id', 'in', officers.split(','))
  )
    // However many cards somebody has lost: the one in use is among them.
    .orderBy((e) => e.case().when('state', '=', 'active').then(0).else(1).end())
    .orderBy('issued_at', 'desc')
    .limit(MOST_CARDS)
    .execute();
  const firstManager = !(await managersHaveCards(bank.store.db, station.stationId));
  return ok({ cards: rows.map(officerCardOf), firstManager });
};

/** Fault: officer-card-unknown. */
export const readOfficerCard = async (
  bank: Bank,
  certificateSha256: string,
): Promise<Result<{ card: OfficerCard }>> => {
  const row = await rowOf(bank.store.db, certificateSha256);
  return row ? ok({ card: officerCardOf(row) }) : fail('officer-card-unknown');
};

/**
 * Faults: not-allowed (no manager), csr-refused {reason}, second-officer-needed (a manager orders for himself, and has
 * colleagues with cards), medium-already-registered, officer-card-in-use, officer-signature-needed, officer-signature-refused {reason}.
 */
export const certifyOfficerCard = async (
  bank: Bank,
  call: ApiCall<RouteReply<Certify>>,
  { officer, branch, medium, request, orderedBy, signed }: RouteBody<Certify>,
): Promise<Result<RouteReply<Certify>>> => {
  if (orderedBy.role !== 'manager')
    return fail('not-allowed', { call: 'certifyOfficerCard', role: orderedBy.role });
  const profile = bank.authority.profiles.get('officer');
  if (profile === undefined) return fail('csr-refused', { reason: 'profile' });
  const read = readCertificateRequest(Buffer.from(request, 'base64'));
  if (typeof read === 'string') return fail('csr-refused', { reason: read });
  const flaw = keyFlaw(read, profile);
  if (flaw !== undefined) return fail('csr-refused', { reason: flaw });
  const subject: SubjectName = [
    { type: 'CN', value: officer.name },
    { type: 'serialNumber', value: officer.officerId },
    { type: 'title', value: officer.role },
    { type: 'OU', value: branch },
    { type: 'O', value: bank.identity.bankNameLatin },
    { type: 'C', value: 'CN' },
  ];
  const certified = await call.commit(async (tx) => {
    const about = aboutEnrolment({ ...officer, branch, mediumIdentity: medium.identity });
    const order = { act: 'enrol-officer-card', about, officer: orderedBy, signed } as const;
    const authorised = await checkSignedAct(bank, tx, call, order);
    if (!authorised.ok) return authorised;
    // Four eyes: what a manager has signed for is somebody else's card.
    if (signed !== undefined && orderedBy.officerId === officer.officerId)
      return fail('second-officer-needed', { officerId: officer.officerId });
    const customers = await tx
      .selectFrom('cards')
      .select(['card_id', 'state'])
      .where('live_medium', '=', medium.identity)
      .executeTakeFirst();
    if (customers)
      return fail('medium-already-registered', { cardId: customers.card_id, state: customers.state });
    // As with customers' cards, a key belongs to one card for ever; theirs are in the same table.
    const taken = await tx
      .insertInto('card_keys')
      .values({
        public_key_sha256: read.publicKeySha256,
        card_id: `officer:${officer.officerId}`,
        since: call.now.toISOString(),
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (taken.numInsertedOrUpdatedRows !== 1n) return fail('csr-refused', { reason: 'key-in-use' });
    const orderSha256 = signed ? createHash('sha256').update(signed.text).digest('hex') : null;
    if (orderSha256 !== null && (await wasUsed(tx, orderSha256)))
      return fail('officer-signature-refused', { reason: 'used' });
    // What was begun on this card before, and not finished, is over.
    const pending = await tx
      .selectFrom('officer_cards')
      .selectAll()
      .where('medium_identity', '=', medium.identity)
      .where('state', '!=', 'revoked')
      .execute();
    for (const each of pending) {
      if (each.state === 'active') return fail('officer-card-in-use', { officerId: each.officer_id });
      await endOfficerCard(tx, call.now, each, 'superseded', orderedBy.officerId, null);
    }
    const issued = await bank.authority.issue(tx, { profile, subject, spki: read.spki });
    const row: OfficerCardRow = {
      certificate_sha256: createHash('sha256').update(Buffer.from(issued.der, 'base64')).digest('hex'),
      certificate_serial: issued.serial,
      officer_id: officer.officerId,
      live_officer: null,
      name: officer.name,
      role: officer.role,
      branch,
      medium_identity: medium.identity,
      medium_serial: medium.serial,
      station_id: call.station.stationId,
      state: 'pending',
      issued_at: call.now.toISOString(),
      issued_by: orderedBy.officerId,
      signed_order: signed ? JSON.stringify(signed) : null,
      order_sha256: orderSha256,
      activated_at: null,
      not_after: issued.not_after,
      ended_at: null,
      ended_by: null,
      reason: null,
      signed_end: null,
    };
    await tx.insertInto('officer_cards').values(row).execute();
    return ok({ certificate: issued.der, card: officerCardOf(row) });
  });
  if (certified.ok)
    bank.log.info(
      { officerId: officer.officerId, orderedBy: orderedBy.officerId, serial: medium.serial },
      "officer's card certified",
    );
  return certified;
};

/** Faults: officer-card-unknown, officer-card-revoked. The officer's card before it ends here, for ever. */
export const activateOfficerCard = (
  _bank: Bank,
  call: ApiCall<RouteReply<Activate>>,
  certificateSha256: string,
  { orderedBy }: RouteBody<Activate>,
): Promise<Result<RouteReply<Activate>>> =>
  call.commit(async (tx) => {
    const row = await rowOf(tx, certificateSha256);
    // Of another station's order nobody here has seen the card.
    if (row?.station_id !== call.station.stationId) return fail('officer-card-unknown');
    if (row.state === 'revoked') return fail('officer-card-revoked');
    if (row.state === 'active') return ok({ card: officerCardOf(row) });
    const before = await tx
      .selectFrom('officer_cards')
      .selectAll()
      .where('officer_id', '=', row.officer_id)
      .where('state', '!=', 'revoked')
      .where('certificate_sha256', '!=', certificateSha256)
      .execute();
    for (const each of before)
      await endOfficerCard(tx, call.now, each, 'superseded', orderedBy.officerId, null);
    const changed = {
      state: 'active',
      live_officer: row.officer_id,
      activated_at: call.now.toISOString(),
    } as const;
    await tx
      .updateTable('officer_cards')
      .set(changed)
      .where('certificate_sha256', '=', certificateSha256)
      .execute();
    return ok({ card: officerCardOf({ ...row, ...changed }) });
  });

/** Faults: not-allowed (no manager), officer-card-unknown, officer-signature-needed, officer-signature-refused. */
export const revokeOfficerCard = async (
  bank: Bank,
  call: ApiCall<RouteReply<Revoke>>,
  certificateSha256: string,
  { reason, orderedBy, signed }: RouteBody<Revoke>,
): Promise<Result<RouteReply<Revoke>>> => {
  if (orderedBy.role !== 'manager')
    return fail('not-allowed', { call: 'revokeOfficerCard', role: orderedBy.role });
  const revoked = await call.commit(async (tx) => {
    const row = await rowOf(tx, certificateSha256);
    if (row === undefined) return fail('officer-card-unknown');
    if (row.state === 'revoked') return ok({ card: officerCardOf(row) });
    const about = aboutRevocation({ certificateSha256, officerId: row.officer_id, reason });
    const order = { act: 'revoke-officer-card', about, officer: orderedBy, signed } as const;
    const authorised = await checkSignedAct(bank, tx, call, order);
    if (!authorised.ok) return authorised;
    const ended = await endOfficerCard(tx, call.now, row, reason, orderedBy.officerId, signed ?? null);
    return ok({ card: officerCardOf(ended) });
  });
  if (revoked.ok)
    bank.log.warn(
      { officerId: revoked.value.card.officerId, reason, orderedBy: orderedBy.officerId },
      "officer's card revoked",
    );
  return revoked;
};

/** Card and certificate together: the lists of revoked certificates and OCSP say it from now on. */
export const endOfficerCard = async (
  tx: Database,
  now: Date,
  row: OfficerCardRow,
  reason: string,
  by: string,
  signed: object | null,
): Promise<OfficerCardRow> => {
  const at = now.toISOString();
  const changed = {
    state: 'revoked',
    live_officer: null,
    ended_at: at,
    ended_by: by,
    reason,
    signed_end: signed ? JSON.stringify(signed) : null,
  } as const;
  await tx
    .updateTable('officer_cards')
    .set(changed)
    .where('certificate_sha256', '=', row.certificate_sha256)
    .execute();
  await tx
    .updateTable('certificates')
    .set({ state: 'revoked', reason, revoked_at: at })
    .where('serial', '=', row.certificate_serial)
    .execute();
  return { ...row, ...changed };
};

const rowOf = (db: Database, certificateSha256: string): Promise<OfficerCardRow | undefined> =>
  db
    .selectFrom('officer_cards')
    .selectAll()
    .where('certificate_sha256', '=', certificateSha256)
    .executeTakeFirst();

/** Whose card this medium is at present; undefined: no officer's. */
export const officerOf = async (db: Database, mediumIdentity: string): Promise<string | undefined> =>
  (
    await db
      .selectFrom('officer_cards')
      .select('officer_id')
      .where('medium_identity', '=', mediumIdentity)
      .where('state', '!=', 'revoked')
      .limit(1)
      .executeTakeFirst()
  )?.officer_id;

const wasUsed = async (db: Database, orderSha256: string): Promise<boolean> =>
  (await db
    .selectFrom('officer_cards')
    .select('certificate_sha256')
    .where('order_sha256', '=', orderSha256)
    .executeTakeFirst()) !== undefined;

const officerCardOf = (row: OfficerCardRow): OfficerCard => ({
  officerId: row.officer_id,
  name: row.name,
  role: row.role,
  branch: row.branch,
  certificateSha256: row.certificate_sha256,
  certificateSerial: row.certificate_serial,
  mediumIdentity: row.medium_identity,
  mediumSerial: row.medium_serial,
  state: row.state,
  stationId: row.station_id,
  issuedAt: row.issued_at,
  issuedBy: row.issued_by,
  notAfter: row.not_after,
  ...(row.activated_at !== null && { activatedAt: row.activated_at }),
  ...(row.ended_at !== null && { endedAt: row.ended_at }),
  ...(row.ended_by !== null && { endedBy: row.ended_by }),
  ...(row.reason !== null && { reason: row.reason }),
});

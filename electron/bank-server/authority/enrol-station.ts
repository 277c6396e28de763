import { createHash } from 'node:crypto';
import { fail, ok, type Failed, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { formatName, partOf } from '../ca/subject-name.ts';
import type { Caller } from '../http/api-call.ts';
import type { BankTransaction } from '../store/store.ts';
import type { CertificateRow } from '../store/tables.ts';
import type { CertificateRequest } from './certificate-request.ts';
import { keyFlaw, type EnrolmentRefusal } from './enrol.ts';

/** A certificate (DER), or word that somebody has to approve it first. */
export type StationEnrolment =
  | { readonly kind: 'issued'; readonly certificate: Buffer }
  | { readonly kind: 'pending'; readonly requestId: string };

/**
 * A station's first certificate. The request names the station that has authenticated and nobody else; where
 * the profile wants it, an officer of the bank approves first. The same key asked again gets the same answer.
 */
export const enrolStation = async (
  bank: Bank,
  caller: Caller,
  profileName: string,
  request: CertificateRequest,
): Promise<Result<StationEnrolment>> => {
  const checked = checkRequest(bank, profileName, request);
  if (!checked.ok) return checked;
  const { approval } = checked.value;
  const { stationId } = caller.station;
  const commonName = partOf(request.subject, 'CN') ?? '';
  const wanted = formatName([
    { type: 'CN', value: commonName },
    { type: 'serialNumber', value: stationId },
    { type: 'O', value: bank.identity.bankNameLatin },
    { type: 'C', value: 'CN' },
  ]);
  const names = [request.subject, [...request.subject].reverse()].map(formatName);
  if (commonName === '' || !names.includes(wanted)) return refuse('subject');
  const requestId = sha256(`${profileName}|${request.publicKeySha256}`);
  return bank.store.transaction((tx) =>
    issueOnce(bank, tx, caller, profileName, request, requestId, approval ? 'pending' : 'approved'),
  );
};

/**
 * A station's next certificate, asked for with the one it has (RFC 7030, 4.2.2): the same name, the same key or
 * a new one, at once. The old certificate stays good until it ends, so that nothing stops in between.
 */
export const reenrolStation = async (
  bank: Bank,
  caller: Caller,
  profileName: string,
  request: CertificateRequest,
  current: CertificateRow,
): Promise<Result<StationEnrolment>> => {
  const checked = checkRequest(bank, profileName, request);
  if (!checked.ok) return checked;
  const names = [request.subject, [...request.subject].reverse()].map(formatName);
  if (current.profile !== profileName || !names.includes(current.subject)) return refuse('subject');
  const requestId = sha256(`${current.serial}|${request.publicKeySha256}`);
  return bank.store.transaction((tx) =>
    issueOnce(bank, tx, caller, profileName, request, requestId, 'approved'),
  );
};

/** An officer of the bank lets a station in, or not. Once. */
export const decideEnrolment = async (
  bank: Bank,
  requestId: string,
  decision: 'approved' | 'refused',
  officerId: string,
): Promise<Result<void>> => {
  const decided = await bank.store.db
    .updateTable('enrolment_requests')
    .set({ state: decision, decided_by: officerId, decided_at: bank.clock().toISOString() })
    .where('request_id', '=', requestId)
    .where('state', '=', 'pending')
    .executeTakeFirst();
  return decided.numUpdatedRows === 1n ? ok() : fail('certificate-unknown', { requestId });
};

const issueOnce = async (
  bank: Bank,
  tx: BankTransaction,
  { station: { stationId }, now }: Caller,
  profileName: string,
  request: CertificateRequest,
  requestId: string,
  state: 'pending' | 'approved',
): Promise<Result<StationEnrolment>> => {
  const profile = bank.authority.profiles.get(profileName);
  if (profile === undefined) return refuse('profile');
  await tx
    .insertInto('enrolment_requests')
    .values({
      request_id: requestId,
      station_id: stationId,
      profile: profileName,
      subject: formatName(request.subject),
      state,
      requested_at: now.toISOString(),
      decided_by: null,
      decided_at: null,
      serial: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await tx
    .selectFrom('enrolment_requests')
    .selectAll()
    .where('request_id', '=', requestId)
    .executeTakeFirstOrThrow();
  if (row.station_id !== stationId) return refuse('key-in-use');
  if (row.state === 'refused') return refuse('not-approved');
  if (row.state === 'pending') return ok({ kind: 'pending', requestId });
  if (row.serial !== null) {
    const { der } = await tx
      .selectFrom('certificates')
      .select('der')
      .where('serial', '=', row.serial)
      .executeTakeFirstOrThrow();
    return der === null
      ? refuse('not-approved')
      : ok({ kind: 'issued', certificate: Buffer.from(der, 'base64') });
  }
  const commonName = partOf(request.subject, 'CN') ?? '';
  const issued = await bank.authority.issue(tx, {
    profile,
    subject: [
      { type: 'CN', value: commonName },
      { type: 'serialNumber', value: stationId },
      { type: 'O', value: bank.identity.bankNameLatin },
      { type: 'C', value: 'CN' },
    ],
    spki: request.spki,
  });
  await tx
    .updateTable('enrolment_requests')
    .set({ serial: issued.serial })
    .where('request_id', '=', requestId)
    .execute();
  return ok({ kind: 'issued', certificate: Buffer.from(issued.der, 'base64') });
};

const checkRequest = (
  bank: Bank,
  profileName: string,
  request: CertificateRequest,
): Result<{ approval: boolean }> => {
  const profile = bank.authority.profiles.get(profileName);
  if (profile?.stationEnrolment === undefined) return refuse('profile');
  const flaw = keyFlaw(request, profile);
  return flaw === undefined ? ok(profile.stationEnrolment) : refuse(flaw);
};

const refuse = (reason: EnrolmentRefusal): Failed => fail('csr-refused', { reason });

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

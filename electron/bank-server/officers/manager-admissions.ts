import { randomUUID } from 'node:crypto';
import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { officerName, officerNumber } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import {
  bindOneTimeSecret,
  isOneTimeSecret,
  makeOneTimeSecret,
  shownCode,
  typedCode,
} from '../authority/one-time-secrets.ts';
import { isStationId } from '../authority/station-secrets.ts';
import type { Bank } from '../bank.ts';
import type { Caller } from '../http/api-call.ts';
import type { Database } from '../store/store.ts';
import { endOfficerCard } from './officer-cards.ts';
import { letFirstCardBeOrdered } from './reopen-set-up.ts';

type Readmit = BankApi['readmitManager'];

/** No station has a name like this, so its password for the enrolment is another one. */
const ownerOf = (stationId: string): string => `manager:${stationId}`;

/**
 * The bank's own people let a manager of a station choose a new password, where none of its managers can sign in: a
 * code for this officer, shown here and nowhere else, good for a week and once. Who gave it out, and when it was used,
 * stays in `manager_admissions`. Fault: bad-input (no station's id, or no officer's number).
 */
export const readmitManager = async (
  bank: Bank,
  stationId: string,
  manager: string,
  by: string,
): Promise<Result<{ readonly code: string; readonly hasCard: boolean }>> => {
  const code = await giveOut(bank, { stationId, officerId: manager, by });
  if (!code.ok) return code;
  bank.log.warn({ stationId, officerId: manager, by }, 'a manager of the station may choose a new password');
  // For whoever gives the code out: without a card it opens the station only where cards are not required.
  const card = await bank.store.db
    .selectFrom('officer_cards')
    .select('certificate_sha256')
    .where('officer_id', '=', manager)
    .where('role', '=', 'manager')
    .where('state', '=', 'active')
    .executeTakeFirst();
  return ok({ code: code.value, hasCard: card !== undefined });
};

export interface Succession {
  readonly stationId: string;
  /** Who never comes back. */
  readonly manager: string;
  readonly successor: string;
  /** Of the successor, as it will stand on the certificate of the card. */
  readonly name: string;
}

/**
 * The last manager of a station does not come back: a code for whoever the bank puts in the place. With its use the one
 * before is none any more, at the station and by the card, and the successor orders the own card alone, once.
 * Faults: bad-input {field}; manager-with-card {officerId}: that one enters the successor, by a signature.
 */
export const admitSuccessor = async (
  bank: Bank,
  { stationId, manager, successor, name }: Succession,
  by: string,
): Promise<Result<{ readonly code: string }>> => {
  const before = officerNumber.safeParse(manager);
  if (!before.success || manager === successor) return fail('bad-input', { field: 'manager' });
  const known = officerName.safeParse(name);
  if (!known.success) return fail('bad-input', { field: 'name' });
  const other = await otherManagerWithCard(bank.store.db, stationId, manager);
  if (other !== undefined) return fail('manager-with-card', { officerId: other });
  const instead = { insteadOf: manager, name: known.data };
  const code = await giveOut(bank, { stationId, officerId: successor, by, ...instead });
  if (!code.ok) return code;
  bank.log.warn({ stationId, officerId: successor, by, insteadOf: manager }, 'a manager gets a successor');
  return ok({ code: code.value });
};

const giveOut = async (
  bank: Bank,
  {
    stationId,
    officerId,
    by,
    insteadOf,
    name,
  }: {
    readonly stationId: string;
    readonly officerId: string;
    readonly by: string;
    readonly insteadOf?: string;
    readonly name?: string;
  },
): Promise<Result<string>> => {
  if (!isStationId(stationId)) return fail('bad-input', { field: 'stationId' });
  if (!officerNumber.safeParse(officerId).success)
    return fail('bad-input', { field: insteadOf === undefined ? 'manager' : 'successor' });
  const code = await makeOneTimeSecret(bank, ownerOf(stationId), officerId);
  await bank.store.db
    .insertInto('manager_admissions')
    .values({
      admission_id: randomUUID(),
      station_id: stationId,
      officer_id: officerId,
      admitted_by: by,
      admitted_at: bank.clock().toISOString(),
      used_at: null,
      instead_of: insteadOf ?? null,
      name: name ?? null,
    })
    .execute();
  return ok(shownCode(code));
};

const otherManagerWithCard = async (
  db: Database,
  stationId: string,
  manager: string,
): Promise<string | undefined> => {
  const other = await db
    .selectFrom('officer_cards')
    .select('officer_id')
    .where('station_id', '=', stationId)
    .where('role', '=', 'manager')
    .where('state', '=', 'active')
    .where('officer_id', '!=', manager)
    .executeTakeFirst();
  return other?.officer_id;
};

/**
 * Whether the code is the one for this officer of this station. `attempt` is the station's own number of this use: the
 * same one may ask again after an answer that was lost, and no other one ever. Fault: manager-code-refused.
 */
export const checkManagerCode = async (
  bank: Bank,
  { station: { stationId }, now }: Caller,
  { officerId, code, attempt }: RouteBody<Readmit>,
): Promise<Result<RouteReply<Readmit>>> => {
  const owner = ownerOf(stationId);
  const typed = typedCode(code);
  const isGood =
    (await isOneTimeSecret(bank, owner, typed)) &&
    (await bindOneTimeSecret(bank, owner, `${officerId} ${attempt}`, officerId));
  bank.log.warn({ stationId, officerId, isGood }, 'a manager comes with a code');
  if (!isGood) return fail('manager-code-refused');
  return bank.store.transaction(async (tx) => {
    const admission = await tx
      .selectFrom('manager_admissions')
      .selectAll()
      .where('station_id', '=', stationId)
      .orderBy('admitted_at', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    const { instead_of: insteadOf, name, admitted_by: by } = admission;
    if (admission.used_at === null) {
      await tx
        .updateTable('manager_admissions')
        .set({ used_at: now.toISOString() })
        .where('admission_id', '=', admission.admission_id)
        .execute();
      if (insteadOf !== null) await endManager(tx, stationId, insteadOf, now, by);
    }
    return ok(insteadOf === null || name === null ? {} : { successor: { name, insteadOf } });
  });
};

const endManager = async (
  tx: Database,
  stationId: string,
  manager: string,
  now: Date,
  by: string,
): Promise<void> => {
  const cards = await tx
    .selectFrom('officer_cards')
    .selectAll()
    .where('station_id', '=', stationId)
    .where('officer_id', '=', manager)
    .where('state', '!=', 'revoked')
    .execute();
  for (const card of cards) await endOfficerCard(tx, now, card, 'left', by, null);
  // One who has got a card in the meantime signs for the successor's.
  if ((await otherManagerWithCard(tx, stationId, manager)) === undefined)
    await letFirstCardBeOrdered(tx, stationId, now);
};

export interface ManagerAdmission {
  readonly stationId: string;
  readonly officerId: string;
  readonly by: string;
  readonly at: string;
  readonly usedAt?: string;
  /** Whose successor it is. */
  readonly insteadOf?: string;
}

const MOST = 100;

/** The newest first. */
export const listManagerAdmissions = async (bank: Bank): Promise<readonly ManagerAdmission[]> => {
  const rows = await bank.store.db
    .selectFrom('manager_admissions')
    .selectAll()
    .orderBy('admitted_at', 'desc')
    .limit(MOST)
    .execute();
  return rows.map(({ station_id, officer_id, admitted_by, admitted_at, used_at, instead_of }) => ({
    stationId: station_id,
    officerId: officer_id,
    by: admitted_by,
    at: admitted_at,
    ...(used_at !== null && { usedAt: used_at }),
    ...(instead_of !== null && { insteadOf: instead_of }),
  }));
};

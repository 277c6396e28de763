import { randomUUID } from 'node:crypto';
import type { BankApi, RouteBody, RouteReply } from '../../shared/bank-api/index.ts';
import { officerNumber } from '../../shared/domain/index.ts';
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
  if (!isStationId(stationId)) return fail('bad-input', { field: 'stationId' });
  const officer = officerNumber.safeParse(manager);
  if (!officer.success) return fail('bad-input', { field: 'manager' });
  const officerId = officer.data;
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
    })
    .execute();
  bank.log.warn({ stationId, officerId, by }, 'a manager of the station may choose a new password');
  // For whoever gives the code out: without a card it opens the station only where cards are not required.
  const card = await bank.store.db
    .selectFrom('officer_cards')
    .select('certificate_sha256')
    .where('officer_id', '=', officerId)
    .where('role', '=', 'manager')
    .where('state', '=', 'active')
    .executeTakeFirst();
  return ok({ code: shownCode(code), hasCard: card !== undefined });
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
  bank.log.warn({ stationId, officerId, isGood }, 'a manager comes back with a code');
  if (!isGood) return fail('manager-code-refused');
  await bank.store.db
    .updateTable('manager_admissions')
    .set({ used_at: now.toISOString() })
    .where('admission_id', 'in', (latest) =>
      latest
        .selectFrom('manager_admissions')
        .select('admission_id')
        .where('station_id', '=', stationId)
        .orderBy('admitted_at', 'desc')
        .limit(1),
    )
    .where('used_at', 'is', null)
    .execute();
  return ok({});
};

export interface ManagerAdmission {
  readonly stationId: string;
  readonly officerId: string;
  readonly by: string;
  readonly at: string;
  readonly usedAt?: string;
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
  return rows.map(({ station_id, officer_id, admitted_by, admitted_at, used_at }) => ({
    stationId: station_id,
    officerId: officer_id,
    by: admitted_by,
    at: admitted_at,
    ...(used_at !== null && { usedAt: used_at }),
  }));
};

import { randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { after, type Bank } from '../bank.ts';

const VALID_SECONDS = 7 * 86_400;
const TRIES = 10;

/** A new station's password for its first enrolment: shown once, good for a week and for one key. */
export const admitStation = async (bank: Bank, stationId: string): Promise<Result<string>> => {
  if (!/^[\w-]{3,60}$/.test(stationId)) return fail('bad-input', { field: 'stationId' });
  const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ'; // none that look alike
  const secret = [...randomBytes(24)].map((byte) => letters.charAt(byte % letters.length)).join('');
  const row = {
    secret_hash: await bank.hashes.make(secret),
    failures: 0,
    expires_at: after(bank.clock(), VALID_SECONDS),
    used_for: null,
  };
  await bank.store.db
    .insertInto('enrolment_secrets')
    .values({ station_id: stationId, ...row })
    .onConflict((conflict) => conflict.column('station_id').doUpdateSet(row))
    .execute();
  return ok(secret);
};

/** Checks the password of a station that has no certificate yet. The try is counted before it is looked at. */
export const checkStationSecret = async (
  bank: Bank,
  stationId: string,
  secret: string,
): Promise<Result<void>> => {
  const refused = fail('bank-refused-station', { reason: 'password' });
  const counted = await bank.store.db
    .updateTable('enrolment_secrets')
    .set((expression) => ({ failures: expression('failures', '+', 1) }))
    .where('station_id', '=', stationId)
    .where('failures', '<', TRIES)
    .where('expires_at', '>', bank.clock().toISOString())
    .returning('secret_hash')
    .executeTakeFirst();
  if (counted === undefined || secret.length > 200) return refused;
  if (!(await bank.hashes.matches(counted.secret_hash, secret))) return refused;
  await bank.store.db
    .updateTable('enrolment_secrets')
    .set({ failures: 0 })
    .where('station_id', '=', stationId)
    .execute();
  return ok();
};

/** The password serves for this key from now on; false: it has served for another. */
export const bindStationSecret = async (
  bank: Bank,
  stationId: string,
  publicKeySha256: string,
): Promise<boolean> => {
  const bound = await bank.store.db
    .updateTable('enrolment_secrets')
    .set({ used_for: publicKeySha256 })
    .where('station_id', '=', stationId)
    .where((e) => e.or([e('used_for', 'is', null), e('used_for', '=', publicKeySha256)]))
    .executeTakeFirst();
  return bound.numUpdatedRows === 1n;
};

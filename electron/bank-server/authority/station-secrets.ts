import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Bank } from '../bank.ts';
import { bindOneTimeSecret, isOneTimeSecret, makeOneTimeSecret } from './one-time-secrets.ts';

export const isStationId = (text: string): boolean => /^[\w-]{3,60}$/.test(text);

/** A new station's password for its first enrolment: shown once, good for a week and for one key. */
export const admitStation = async (bank: Bank, stationId: string): Promise<Result<string>> =>
  isStationId(stationId)
    ? ok(await makeOneTimeSecret(bank, stationId))
    : fail('bad-input', { field: 'stationId' });

/** Checks the password of a station that has no certificate yet. */
export const checkStationSecret = async (
  bank: Bank,
  stationId: string,
  secret: string,
): Promise<Result<void>> =>
  isStationId(stationId) && (await isOneTimeSecret(bank, stationId, secret))
    ? ok()
    : fail('bank-refused-station', { reason: 'password' });

/** The password serves for this key from now on; false: it has served for another. */
export const bindStationSecret = (bank: Bank, stationId: string, publicKeySha256: string): Promise<boolean> =>
  bindOneTimeSecret(bank, stationId, publicKeySha256);

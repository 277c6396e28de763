import { randomBytes } from 'node:crypto';
import { after, type Bank } from '../bank.ts';

const VALID_SECONDS = 7 * 86_400;
const TRIES = 10;
const letters = '23456789ABCDEFGHJKMNPQRSTVWXYZ'; // none that look alike

/**
 * What the bank's own people hand to somebody at a station: shown once, good for a week, for ten wrong tries and for
 * one thing. Another one for the same owner takes its place.
 */
export const makeOneTimeSecret = async (
  bank: Bank,
  owner: string,
  /** Whom or what it is for, where that is known already; `bindOneTimeSecret` says when it serves. */
  usedFor: string | null = null,
): Promise<string> => {
  const secret = [...randomBytes(24)].map((byte) => letters.charAt(byte % letters.length)).join('');
  const row = {
    secret_hash: await bank.hashes.make(secret),
    failures: 0,
    expires_at: after(bank.clock(), VALID_SECONDS),
    used_for: usedFor,
  };
  await bank.store.db
    .insertInto('enrolment_secrets')
    .values({ station_id: owner, ...row })
    .onConflict((conflict) => conflict.column('station_id').doUpdateSet(row))
    .execute();
  return secret;
};

/** The try is counted before it is looked at. */
export const isOneTimeSecret = async (bank: Bank, owner: string, secret: string): Promise<boolean> => {
  const counted = await bank.store.db
    .updateTable('enrolment_secrets')
    .set((expression) => ({ failures: expression('failures', '+', 1) }))
    .where('station_id', '=', owner)
    .where('failures', '<', TRIES)
    .where('expires_at', '>', bank.clock().toISOString())
    .returning('secret_hash')
    .executeTakeFirst();
  if (counted === undefined || secret.length > 200) return false;
  if (!(await bank.hashes.matches(counted.secret_hash, secret))) return false;
  await bank.store.db
    .updateTable('enrolment_secrets')
    .set({ failures: 0 })
    .where('station_id', '=', owner)
    .execute();
  return true;
};

/** In groups of four, as it is read out and copied. */
export const shownCode = (secret: string): string => secret.replace(/.{4}(?=.)/g, '$&-');

/** The secret in what somebody typed from it. */
export const typedCode = (code: string): string => code.replace(/[\s-]/g, '').toUpperCase();

/** It serves for this from now on; false: it has served for another, or was made for something else than `madeFor`. */
export const bindOneTimeSecret = async (
  bank: Bank,
  owner: string,
  usedFor: string,
  madeFor: string | null = null,
): Promise<boolean> => {
  const bound = await bank.store.db
    .updateTable('enrolment_secrets')
    .set({ used_for: usedFor })
    .where('station_id', '=', owner)
    .where((e) =>
      e.or([
        madeFor === null ? e('used_for', 'is', null) : e('used_for', '=', madeFor),
        e('used_for', '=', usedFor),
      ]),
    )
    .executeTakeFirst();
  return bound.numUpdatedRows === 1n;
};

import { createHash, randomBytes } from 'node:crypto';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { checkUsable } from '../authentication/check-assertion.ts';
import { after, type Bank } from '../bank.ts';
import { readCardFile, type CardFile } from '../registry/card-record.ts';
import type { LoginSessionRow } from '../store/tables.ts';

/**
 * After the assertion the customer has five minutes for the password, then a quarter of an hour inside. From the
 * client to the bank's page is one step of the browser.
 */
export const lifetimeSeconds = { password: 300, arrival: 60, recognise: 300, 'signed-in': 900 } as const;

export interface PortalSession {
  readonly row: LoginSessionRow;
  readonly file: CardFile;
}

/** A new session and the value of its cookie; the database keeps only the hash of that. */
export const openSession = async (
  bank: Bank,
  cardId: string,
  stage: LoginSessionRow['stage'],
  previousLoginAt: string | null = null,
): Promise<string> => {
  const now = bank.clock();
  const id = randomBytes(32).toString('base64url');
  await bank.store.db
    .insertInto('login_sessions')
    .values({
      session_sha256: sha256(id),
      card_id: cardId,
      stage,
      csrf_token: randomBytes(32).toString('base64url'),
      created_at: now.toISOString(),
      expires_at: after(now, lifetimeSeconds[stage]),
      previous_login_at: previousLoginAt,
    })
    .execute();
  return id;
};

/** The session behind a cookie, if it is in this stage and its card may still sign in. */
export const readSession = async (
  bank: Bank,
  id: string | undefined,
  stage: LoginSessionRow['stage'],
): Promise<Result<PortalSession>> => {
  const expired = fail('session-expired');
  if (id === undefined) return expired;
  const now = bank.clock();
  const row = await bank.store.db
    .selectFrom('login_sessions')
    .selectAll()
    .where('session_sha256', '=', sha256(id))
    .where('stage', '=', stage)
    .where('expires_at', '>', now.toISOString())
    .executeTakeFirst();
  if (row === undefined) return expired;
  const file = await readCardFile(bank.store.db, row.card_id);
  if (!file.ok || file.value.certificate === undefined) return expired;
  const usable = checkUsable(file.value, file.value.certificate, now);
  return usable.ok ? ok({ row, file: file.value }) : usable;
};

/** Says whether it was open: of two that close one session, one is told so. */
export const closeSession = async (bank: Bank, id: string | undefined): Promise<boolean> => {
  if (id === undefined) return false;
  const closed = await bank.store.db
    .deleteFrom('login_sessions')
    .where('session_sha256', '=', sha256(id))
    .executeTakeFirst();
  return closed.numDeletedRows === 1n;
};

/** All of a card's: after it became void nobody goes on with it. */
export const closeSessionsOf = async (bank: Bank, cardId: string): Promise<void> => {
  await bank.store.db.deleteFrom('login_sessions').where('card_id', '=', cardId).execute();
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

import { fail, ok, type Result } from '../../shared/result/index.ts';
import { after, type Actor, type Bank } from '../bank.ts';
import { voidCard } from '../registry/end-card.ts';
import type { RegistrationRow } from '../store/tables.ts';

/** S4: ten failures void the certificate, and the counter has to make it anew. */
export const LOGIN_TRIES = 10;

/**
 * Checks the login password of a card whose assertion was good. As with the PIN, the try is counted on
 * the disk first. From the third failure on the next try has to wait, longer each time; the tenth voids
 * registration and certificate.
 *
 * @returns when the customer signed in the time before
 */
export const checkLoginPassword = async (
  bank: Bank,
  cardId: string,
  password: string,
  requestId: string,
): Promise<Result<string | null>> => {
  const now = bank.clock();
  const actor: Actor = { stationId: 'portal', officerId: 'customer', requestId, at: now };
  const counted = await countTry(bank, cardId, now);
  if (!counted.ok) {
    // Counted ten and cut off before the last step: it is done now.
    if (counted.fault.code === 'registration-void') await voidIfActive(bank, cardId, actor);
    return counted;
  }
  const { login_failures: failures, login_password_hash: stored, last_login_at: before } = counted.value;

  if (password.length <= 256 && (await bank.hashes.matches(stored, password))) {
    await bank.store.db
      .updateTable('registrations')
      .set({ login_failures: 0, next_login_at: null, last_login_at: now.toISOString() })
      .where('card_id', '=', cardId)
      .execute();
    return ok(before);
  }
  if (failures < LOGIN_TRIES) return fail('login-refused', { cardId, triesLeft: LOGIN_TRIES - failures });
  await voidIfActive(bank, cardId, actor);
  return fail('registration-void', { cardId });
};

const countTry = (bank: Bank, cardId: string, now: Date): Promise<Result<RegistrationRow>> =>
  bank.store.transaction(async (tx) => {
    const registration = await tx
      .selectFrom('registrations')
      .selectAll()
      .where('card_id', '=', cardId)
      .executeTakeFirstOrThrow();
    const { state, login_failures: failures, next_login_at: next } = registration;
    if (state === 'void' || failures >= LOGIN_TRIES) return fail('registration-void', { cardId });
    if (state !== 'active') return fail('registration-inactive', { cardId });
    const waitMs = next === null ? 0 : Date.parse(next) - now.getTime();
    if (waitMs > 0) return fail('login-delayed', { cardId, seconds: Math.ceil(waitMs / 1000) });
    const change = {
      login_failures: failures + 1,
      next_login_at: after(now, delaySeconds(failures + 1)),
    };
    const counted = await tx
      .updateTable('registrations')
      .set(change)
      .where('card_id', '=', cardId)
      .where('login_failures', '=', failures)
      .executeTakeFirst();
    // Another server process counted at the same moment.
    if (counted.numUpdatedRows !== 1n) return fail('login-delayed', { cardId, seconds: 1 });
    return ok({ ...registration, ...change });
  });

/** 0, 0, 1, 2, 4, 8, 16, 30, 30 seconds after the first, second, third … failure. */
const delaySeconds = (failures: number): number => (failures < 3 ? 0 : Math.min(2 ** (failures - 3), 30));

/** Registration, certificate and card, once. */
export const voidIfActive = async (bank: Bank, cardId: string, actor: Actor): Promise<void> => {
  const voided = await bank.store.transaction((tx) => voidCard(tx, cardId, actor));
  if (voided.ok) bank.log.warn({ cardId }, 'registration void after ten failed logins');
};

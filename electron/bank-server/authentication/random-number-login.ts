import { randomBytes } from 'node:crypto';
import { loginMessage } from '../../shared/domain/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Actor, Bank } from '../bank.ts';
import { holderOf, whoIs, type CardHolder } from '../online/online-room.ts';
import { openTicket, spendTicket } from '../online/tickets.ts';
import { readCardFile } from '../registry/card-record.ts';
import { isSignedByCard, type SignatureForm } from './card-signature.ts';
import { checkLoginPassword, LOGIN_TRIES, voidIfActive } from './check-login-password.ts';

/*
 * Login with a random number (S4, 104 to 111), the same for a phone with an SD card and for a terminal with a
 * card in its reader. Wrong passwords and wrong answers count together: whoever has the password alone gets no
 * further tries by giving it again.
 */

export interface RandomNumber {
  readonly loginId: string;
  readonly cardId: string;
  /** base64, 32 bytes. */
  readonly random: string;
}

export interface NameAndPassword {
  readonly loginName: string;
  readonly password: string;
}

/** 104, 105. Faults: login-refused {triesLeft}, login-delayed {seconds}, registration-void, registration-inactive. */
export const askRandomNumber = async (
  bank: Bank,
  holder: CardHolder,
  { loginName, password }: NameAndPassword,
  requestId: string,
): Promise<Result<RandomNumber>> => {
  const { card, registration } = holder.file;
  const cardId = card.card_id;
  const who = await whoIs(bank, holder);
  // A wrong name costs a try too, and is answered like a wrong password.
  const given = who.loginName === loginName ? password : '';
  const checked = await checkLoginPassword(bank, cardId, given, requestId);
  if (!checked.ok) return checked;
  // Right so far: nobody has signed in, and what was counted before stays counted, until the answer is right too.
  await bank.store.db
    .updateTable('registrations')
    .set({ login_failures: registration.login_failures, last_login_at: checked.value })
    .where('card_id', '=', cardId)
    .where('login_failures', '=', 0)
    .execute();
  return ok(await newRandomNumber(bank, cardId));
};

export type AnsweredLogin =
  | { readonly outcome: 'right'; readonly holder: CardHolder; readonly previousLoginAt: string | null }
  | ({ readonly outcome: 'again'; readonly triesLeft: number } & RandomNumber);

/**
 * 106 to 111. One random number takes one answer. Faults: challenge-unknown, registration-void (this was the
 * tenth failure), those of `holderOf`.
 */
export const answerRandomNumber = async (
  bank: Bank,
  loginId: string,
  answer: Buffer,
  form: SignatureForm,
  actor: Actor,
): Promise<Result<AnsweredLogin>> => {
  const ticket = await spendTicket(bank, loginId);
  if (!ticket.ok) return ticket;
  const { cardId, content } = ticket.value;
  if (content.kind !== 'login') return fail('challenge-unknown');
  const file = await readCardFile(bank.store.db, cardId);
  if (!file.ok || file.value.certificate === undefined) return fail('challenge-unknown');
  const der = Buffer.from(file.value.certificate.der, 'base64');
  const holder = await holderOf(bank, der);
  if (!holder.ok) return holder;
  const message = loginMessage(bank.identity.bankId, cardId, content.random);
  if (!isSignedByCard(der, message, answer, form)) return wrongAnswer(bank, cardId, actor);
  await bank.store.db
    .updateTable('registrations')
    .set({ login_failures: 0, next_login_at: null, last_login_at: actor.at.toISOString() })
    .where('card_id', '=', cardId)
    .where('state', '=', 'active')
    .execute();
  const previousLoginAt = file.value.registration.last_login_at;
  return ok({ outcome: 'right', holder: holder.value, previousLoginAt });
};

const wrongAnswer = async (bank: Bank, cardId: string, actor: Actor): Promise<Result<AnsweredLogin>> => {
  const counted = await bank.store.db
    .updateTable('registrations')
    .set((e) => ({ login_failures: e('login_failures', '+', 1) }))
    .where('card_id', '=', cardId)
    .returning('login_failures')
    .executeTakeFirstOrThrow();
  const triesLeft = LOGIN_TRIES - counted.login_failures;
  if (triesLeft > 0) return ok({ outcome: 'again', triesLeft, ...(await newRandomNumber(bank, cardId)) });
  await voidIfActive(bank, cardId, actor);
  return fail('registration-void', { cardId });
};

const newRandomNumber = async (bank: Bank, cardId: string): Promise<RandomNumber> => {
  const random = randomBytes(32).toString('base64');
  const { id } = await openTicket(bank, cardId, { kind: 'login', random });
  return { loginId: id, cardId, random };
};

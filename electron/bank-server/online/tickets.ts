import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { after, type Bank } from '../bank.ts';

/*
 * What the bank has asked of a terminal and waits for: rows of `challenges`. Their number is a secret of who
 * got it (192 random bits); the database keeps its hash, so any server process can take the answer.
 */

const ticket = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('application') }),
  z.object({ kind: z.literal('renewal'), replaces: z.string() }),
  z.object({ kind: z.literal('signature'), statement: z.string() }),
  /** The certificate is good: the password may be tried. */
  z.object({ kind: z.literal('password') }),
  z.object({ kind: z.literal('login'), random: z.string() }),
  z.object({ kind: z.literal('browser'), state: z.string() }),
]);
export type Ticket = z.infer<typeof ticket>;

const lifetimeSeconds = {
  application: 900,
  renewal: 900,
  signature: 300,
  password: 300,
  login: 300,
  browser: 60,
} as const;

export interface OpenTicket {
  readonly id: string;
  readonly expiresAt: string;
}

export const openTicket = async (bank: Bank, cardId: string, content: Ticket): Promise<OpenTicket> => {
  const id = randomBytes(24).toString('base64url');
  const expiresAt = after(bank.clock(), lifetimeSeconds[content.kind]);
  await bank.store.db
    .insertInto('challenges')
    .values({
      challenge_id: hashOf(id),
      card_id: cardId,
      nonce: JSON.stringify(content),
      expires_at: expiresAt,
      used_at: null,
    })
    .execute();
  return { id, expiresAt };
};

export interface ReadTicket {
  readonly cardId: string;
  readonly content: Ticket;
}

/** An application or renewal goes on over several requests. Fault: challenge-unknown. */
export const readTicket = async (bank: Bank, id: string): Promise<Result<ReadTicket>> => {
  const row = await bank.store.db
    .selectFrom('challenges')
    .select(['card_id', 'nonce'])
    .where('challenge_id', '=', hashOf(id))
    .where('used_at', 'is', null)
    .where('expires_at', '>', bank.clock().toISOString())
    .executeTakeFirst();
  return row ? parsed(row) : fail('challenge-unknown');
};

/** Spent before anything is looked at, so that one question never takes two answers. Fault: challenge-unknown. */
export const spendTicket = async (bank: Bank, id: string): Promise<Result<ReadTicket>> => {
  const now = bank.clock().toISOString();
  const row = await bank.store.db
    .updateTable('challenges')
    .set({ used_at: now })
    .where('challenge_id', '=', hashOf(id))
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning(['card_id', 'nonce'])
    .executeTakeFirst();
  return row ? parsed(row) : fail('challenge-unknown');
};

const parsed = (row: { card_id: string; nonce: string }): Result<ReadTicket> => {
  try {
    const content = ticket.safeParse(JSON.parse(row.nonce));
    return content.success ? ok({ cardId: row.card_id, content: content.data }) : fail('challenge-unknown');
  } catch {
    return fail('challenge-unknown'); // the counter's own nonces lie here too
  }
};

const hashOf = (id: string): string => createHash('sha256').update(id).digest('hex');

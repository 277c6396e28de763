import type { Database } from '../store/store.ts';

/** The chain of a card that is no customer's any more: its keys and links are gone. */
export const endOtpChain = async (db: Database, cardId: string): Promise<void> => {
  await db.deleteFrom('otp_chains').where('card_id', '=', cardId).execute();
};

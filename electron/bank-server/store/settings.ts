import type { Database } from './store.ts';

/**
 * Facts about the house itself: that it was set up, that its books are open, who it is, and its ports; since when a
 * station's officers begin anew.
 */
type Setting =
  | 'set-up'
  | 'books'
  | 'identity'
  | 'api-port'
  | 'portal-port'
  | 'online-port'
  | 'publication-port'
  | `officers-begin/${string}`;

export const readSetting = async (db: Database, name: Setting): Promise<string | undefined> =>
  (await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst())?.value;

export const writeSetting = async (db: Database, name: Setting, value: string): Promise<void> => {
  await db
    .insertInto('settings')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
    .execute();
};

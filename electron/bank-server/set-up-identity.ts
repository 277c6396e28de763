import { z } from 'zod';
import { phoneLogins, type Bank } from './bank.ts';
import { readSetting, writeSetting } from './store/settings.ts';
import type { Database } from './store/store.ts';

/** Who the bank is: chosen once, at set-up, because it is in every card; every process reads it from the database. */
const setUpIdentity = z.object({
  bankId: z.string(),
  bankName: z.string(),
  bankNameLatin: z.string(),
  portalOrigin: z.string(),
  /** Absent: lists and answers about certificates are at the portal. */
  publicationOrigin: z.string().optional(),
  training: z.boolean(),
  /** Absent in banks that were set up before there was a choice. */
  phoneLogin: z.enum(phoneLogins).default('one-time-password'),
});
export type SetUpIdentity = z.infer<typeof setUpIdentity>;

export const readSetUpIdentity = async (db: Database): Promise<SetUpIdentity | undefined> => {
  const stored = await readSetting(db, 'identity');
  return stored === undefined ? undefined : setUpIdentity.safeParse(JSON.parse(stored)).data;
};

export const writeSetUpIdentity = (
  db: Database,
  { identity, portalOrigin, training, phoneLogin }: Bank,
  publicationOrigin: string | undefined,
): Promise<void> => {
  const known: SetUpIdentity = {
    ...identity,
    portalOrigin,
    ...(publicationOrigin !== undefined && { publicationOrigin }),
    training,
    phoneLogin,
  };
  return writeSetting(db, 'identity', JSON.stringify(known));
};

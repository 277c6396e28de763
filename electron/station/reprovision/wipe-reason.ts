import { z } from 'zod';

/** Why a card is wiped; the bank revokes for it, all but an unfinished one. */
export const wipeReason = z.enum(['superseded', 'cessation', 'damaged', 'key-compromise', 'unfinished']);
export type WipeReason = z.infer<typeof wipeReason>;

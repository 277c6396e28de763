import type { Failed } from '../../shared/result/index.ts';
import { postgresFault } from './postgres/postgres-errors.ts';
import { storeFault as sqliteFault } from './sqlite/open-sqlite-store.ts';

/** The fault a database error stands for, whichever store it came from; undefined for a bug of ours. */
export const storeFault = (error: unknown): Failed | undefined => sqliteFault(error) ?? postgresFault(error);

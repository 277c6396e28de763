import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { AtRest, OperatorPrimitives } from '../../shared/codec/operator-keys/index.ts';
import type { Ledger } from '../transactions/index.ts';
import type { OperatorChannel } from './operator-channel.ts';
import type { OperatorCustomers } from './operator-customers.ts';
import type { OperatorTables } from './operator-tables.ts';

/** What this room works with. Keeps no state of its own: that is all in the database. */
export interface OperatorDesk {
  readonly bankId: string;
  readonly db: Kysely<OperatorTables>;
  readonly primitives: OperatorPrimitives;
  readonly atRest: AtRest;
  readonly ledger: Ledger;
  readonly customers: OperatorCustomers;
  readonly channel: OperatorChannel;
  readonly clock: () => Date;
  readonly log: Logger;
  readonly settings: OperatorSettings;
}

export interface OperatorSettings {
  /** How long messages under an epoch are taken after a newer one became active. */
  readonly overlapSeconds: number;
  /** How long a customer may take for one transaction. */
  readonly transactionSeconds: number;
  /** Transactions that one subscriber may begin in an hour. */
  readonly transactionsPerHour: number;
}

export const operatorSettings: OperatorSettings = {
  overlapSeconds: 3_600,
  transactionSeconds: 600,
  transactionsPerHour: 30,
};

import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { AtRest, KeyForm, OperatorPrimitives } from '../shared/codec/operator-keys/index.ts';
import type { BankLink } from './bank-link/bank-link.ts';
import type { OperatorTables } from './store/tables.ts';

/** What every room of the operator platform works with. Keeps no state of its own: that is all in the store. */
export interface Operator {
  readonly operatorId: string;
  readonly name: string;
  readonly nameLatin: string;
  readonly db: Kysely<OperatorTables>;
  readonly primitives: OperatorPrimitives;
  readonly atRest: AtRest;
  readonly banks: ReadonlyMap<string, PartnerBank>;
  readonly link: BankLink;
  readonly clock: () => Date;
  readonly log: Logger;
  readonly settings: PlatformSettings;
}

/** A bank as the agreement with it describes it. */
export interface PartnerBank {
  readonly bankId: string;
  readonly name: string;
  readonly nameLatin: string;
  readonly form: KeyForm;
  /** Where it takes our messages. */
  readonly origin: string;
  /** The preset static key, 32 bytes. */
  readonly staticKey: Uint8Array;
  /** PEM: certificates its server may have, or their authority's. */
  readonly trusted: string;
  /** SHA-256 of the client certificate (DER) it sends key messages with, hex. */
  readonly clientSha256: string;
}

export interface PlatformSettings {
  /** How long keys of an epoch are kept after a newer one came. */
  readonly overlapSeconds: number;
  readonly dialogueSeconds: number;
  readonly sessionSeconds: number;
}

export const platformSettings: PlatformSettings = {
  overlapSeconds: 3_600,
  dialogueSeconds: 600,
  sessionSeconds: 1_800,
};

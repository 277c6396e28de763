import type { ColumnType, Selectable } from 'kysely';

/**
 * What the bank keeps about operators, equal on SQLite and PostgreSQL. Times are ISO 8601 UTC with
 * milliseconds, so that they sort as text; secrets are sealed under a key that is not in the database.
 * A type, not an interface, so that Kysely can add it to the bank's other tables.
 */
export type OperatorTables = {
  operators: OperatorTable;
  operator_officers: OfficerTable;
  operator_epochs: EpochTable;
  operator_seeds: SeedTable;
  operator_subscribers: SubscriberTable;
  operator_transactions: TransactionTable;
};

interface OperatorTable {
  operator_id: string;
  name: string;
  form: 'symmetric' | 'asymmetric';
  /** Of the one client certificate it may connect with: SHA-256 of the DER, hex. */
  certificate_sha256: string;
  /** Where key messages go. */
  key_channel: string;
  static_key: string;
}

/** Employees who may enter seeds, with the key they sign with (SPKI, base64). */
interface OfficerTable {
  officer_id: string;
  public_key: string;
}

/**
 * collecting: seeds are being entered. sending: the control key is made and on its way. active: the operator
 * has proven that it has it. retiring: a newer one is active, messages under this one are still taken until
 * `retires_at`. retired: the keys are gone.
 */
export type EpochState = 'collecting' | 'sending' | 'active' | 'retiring' | 'retired';

interface EpochTable {
  operator_id: string;
  epoch: number;
  state: EpochState;
  /** Epoch whose working key wraps the seeds of this one; 0: the static key. */
  under: number;
  working_key: string | null;
  control_key: string | null;
  control_sent_at: string | null;
  activated_at: string | null;
  retires_at: string | null;
}

interface SeedTable {
  operator_id: string;
  epoch: number;
  part: number;
  officer_id: string;
  /** Hex; what the officer signed. */
  seed_sha256: string;
  signature: string;
  entered_at: string;
  /** Null once the epoch is retired. */
  seed: string | null;
  sent_at: string | null;
}

interface SubscriberTable {
  operator_id: string;
  imsi: string;
  /** One SIM and one operator for a number, and for the bank one number for a SIM. */
  phone_number: string;
  customer_id: string;
  state: 'active' | 'suspended';
  registered_at: string;
  /** Highest serial of this subscriber's transactions: a lower one is stale. */
  last_serial: Long;
}

export type TransactionStage = 'payee' | 'payer' | 'amount' | 'confirm' | 'ended';

interface TransactionTable {
  operator_id: string;
  serial: Long;
  epoch: number;
  imsi: string;
  kind: 'registration' | 'transfer';
  stage: TransactionStage;
  /** Of the newest message taken. */
  number: number;
  /** MAC of that message (SHA-256 of the box at a registration): the same one again gets the same answer. */
  message_mac: string;
  /** JSON of what was answered to it; null while it is being worked on. */
  reply: string | null;
  working_since: string;
  tries: number;
  payee_account: string | null;
  payer_account: string | null;
  amount: OptionalLong;
  currency: string | null;
  order_sha256: string | null;
  receipt_number: string | null;
  opened_at: string;
  expires_at: string;
}

/** PostgreSQL gives 64-bit numbers as text: `Number()` at every read. */
type Long = ColumnType<number | string, number, number | string>;
type OptionalLong = ColumnType<number | string | null, number | null, number | string | null>;

export type OperatorRow = Selectable<OperatorTable>;
export type TransactionRow = Selectable<TransactionTable>;
export type EpochRow = Selectable<EpochTable>;

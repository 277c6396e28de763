import type { Selectable } from 'kysely';

/**
 * What the operator keeps. Times are ISO 8601 UTC with milliseconds; keys are sealed under a key that is not in
 * the database. A password is in here only as the envelope to the bank has it: under the PIN key.
 */
export interface OperatorTables {
  key_seeds: KeySeedTable;
  key_epochs: KeyEpochTable;
  serials: { bank_id: string; last: number };
  subscribers: SubscriberTable;
  registrations: RegistrationTable;
  dialogues: DialogueTable;
  phone_sessions: PhoneSessionTable;
}

interface KeySeedTable {
  bank_id: string;
  epoch: number;
  kind: 'seed-1' | 'seed-2';
  seed: string | null;
}

interface KeyEpochTable {
  bank_id: string;
  epoch: number;
  /** active: for new transactions. retiring: those that run under it go on. retired: the keys are gone. */
  state: 'active' | 'retiring' | 'retired';
  working_key: string | null;
  control_key: string | null;
  retires_at: string | null;
}

/** Whose SIM is whose: the operator's own knowledge. */
interface SubscriberTable {
  imsi: string;
  phone_number: string;
  label: string;
  label_latin: string;
}

interface RegistrationTable {
  bank_id: string;
  imsi: string;
  phone_number: string;
  serial: number;
  /** The bank's response code; null while its answer is not known. */
  code: string | null;
  /** JSON of the message, to be sent again until it is answered; null then. */
  message: string | null;
  at: string;
}

export type DialogueStage = 'payee' | 'payer' | 'amount' | 'confirm' | 'done' | 'ended';

interface DialogueTable {
  dialogue_id: string;
  bank_id: string;
  imsi: string;
  phone_number: string;
  epoch: number;
  serial: number;
  /** The transaction's three dynamic keys, sealed. */
  keys: string;
  /** Encapsulated key in the asymmetric form, base64. */
  enc: string | null;
  stage: DialogueStage;
  /** Of the last message made. */
  number: number;
  /** JSON of the envelope that is not answered yet: to be sent again as it is. */
  pending: string | null;
  /** JSON of `DialogueView`: what the pages show. */
  view: string;
  expires_at: string;
}

interface PhoneSessionTable {
  session_sha256: string;
  imsi: string | null;
  csrf_token: string;
  locale: 'zh-CN' | 'en';
  expires_at: string;
}

export type DialogueRow = Selectable<DialogueTable>;
export type PhoneSessionRow = Selectable<PhoneSessionTable>;
export type SubscriberRow = Selectable<SubscriberTable>;
export type RegistrationRow = Selectable<RegistrationTable>;

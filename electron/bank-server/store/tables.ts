import type { Insertable, Selectable } from 'kysely';
import type {
  CardEvent,
  CardState,
  CertificateState,
  KeyAlgorithm,
  KeySlot,
  MediumKind,
  OfficerCardState,
  OfficerRole,
  QuarantineFinding,
  RegistrationState,
} from '../../shared/domain/index.ts';
import type { MasterKeyAlgorithm } from '../key-service/diversification/master-key.ts';
import type { OperatorTables } from '../operator/operator-tables.ts';
import type { LedgerTables } from '../transactions/ledger-tables.ts';

/**
 * The bank's tables as queries see them, equal on SQLite and PostgreSQL. Times are ISO 8601 UTC with
 * milliseconds, so that they sort as text; DER is base64; hashes are lower-case hex; flags are 0 or 1.
 * Keys are random texts: no sequence, nothing hot.
 */
export interface BankTables extends LedgerTables, OperatorTables {
  settings: { name: string; value: string };
  schema_versions: { version: number; applied_at: string };
  customers: CustomerTable;
  accounts: AccountTable;
  pin_checks: PinCheckTable;
  used_envelopes: {
    enc_sha256: string;
    used_at: string;
    /** Station and idempotency key of the request that opened it; null: it never opens again. */
    used_by: string | null;
  };
  cards: CardTable;
  card_keys: { public_key_sha256: string; card_id: string; since: string };
  certificates: CertificateTable;
  issuing_keys: IssuingKeyTable;
  registrations: RegistrationTable;
  transitions: TransitionTable;
  idempotency: IdempotencyTable;
  challenges: ChallengeTable;
  management_authentications: ManagementAuthenticationTable;
  master_keys: MasterKeyTable;
  master_key_events: MasterKeyEventTable;
  /** What happened to the bank's own keys, in order: JSON, never changed. */
  key_events: { position: number; record: string };
  managed_cards: ManagedCardTable;
  stock_cards: StockCardTable;
  card_applets: CardAppletTable;
  card_events: CardEventTable;
  quarantine_releases: QuarantineReleaseTable;
  officer_cards: OfficerCardTable;
  secure_channels: SecureChannelTable;
  login_nonces: { nonce_sha256: string; card_id: string; expires_at: string };
  login_sessions: LoginSessionTable;
  enrolment_secrets: EnrolmentSecretTable;
  enrolment_requests: EnrolmentRequestTable;
  manager_admissions: ManagerAdmissionTable;
  station_logs: StationLogTable;
  audit_nodes: { station_id: string; level: number; position: number; hash: string };
  tree_heads: TreeHeadTable;
  otp_chains: OtpChainTable;
  chain_moves: ChainMoveTable;
  transfer_orders: TransferOrderTable;
  outbox: OutboxTable;
}

interface CustomerTable {
  customer_id: string;
  name: string;
  name_latin: string;
  login_name: string;
  birth_date: string;
  phone: string;
  document_type: 'identity-card' | 'passport';
  document_number: string;
  document_name: string;
  document_birth_date: string;
  document_expires: string;
  document_issued_by: string;
  photo: string;
  blocked: number;
  /** Lower-case words that `findCustomers` looks in. */
  search_text: string;
}

interface AccountTable {
  account_number: string;
  customer_id: string;
  currency: string;
  kind: 'current' | 'savings';
  /** When it was opened, in the smallest unit of the currency; what is on it now stands in the ledger. */
  balance: number;
  pin_hash: string;
  /** Tries since the last right one; counted before the PIN is looked at. */
  pin_failures: number;
  pin_blocked: number;
  /** The try that was counted last: asked again, it is not counted again. */
  pin_try: string | null;
}

interface PinCheckTable {
  pin_check_id: string;
  customer_id: string;
  account_number: string;
  station_id: string;
  officer_id: string;
  expires_at: string;
  /** The card it was used for; it serves once. */
  used_for: string | null;
}

interface CardTable {
  card_id: string;
  customer_id: string;
  medium_kind: MediumKind;
  medium_identity: string;
  medium_serial: string;
  slot: KeySlot;
  state: CardState;
  /** Optimistic lock: every move adds one. */
  version: number;
  profile: string;
  algorithm: KeyAlgorithm;
  subject: string;
  public_key_sha256: string | null;
  client_version: string | null;
  content_sha256: string | null;
  receipt_number: string | null;
  /** JSON: document number compared and differences the officer accepted. */
  identity_decision: string;
  officer_id: string;
  station_id: string;
  created_at: string;
  updated_at: string;
  /** Unique while the card lives, null after: invariant 1 of DESIGN.md §4, held by the database itself. */
  live_owner: string | null;
  live_medium: string | null;
}

interface CertificateTable {
  /** Hex, 16 bytes. */
  serial: string;
  card_id: string | null;
  profile: string;
  subject: string;
  /** Null only while `requested`: the serial is taken before the key signs. */
  der: string | null;
  public_key_sha256: string;
  /** Which of the bank's keys signed it; null: the first, before there were others. */
  issuer_key_id: string | null;
  not_before: string;
  not_after: string;
  state: CertificateState;
  reason: string | null;
  revoked_at: string | null;
}

/** The keys that sign certificates, one after the other. */
interface IssuingKeyTable {
  /** SHA-1 of the public key's bits, hex. */
  key_id: string;
  /** Its label in the HSM, or its file. */
  name: string;
  /** `announced`: everybody may learn to trust it, nothing is signed with it yet. `retired`: signs lists only. */
  state: 'announced' | 'current' | 'retired';
  /** Signed by itself. */
  certificate: string;
  /** Signed by the key before it. */
  link: string | null;
  /** The key before it, signed by this one. */
  back_link: string | null;
  made_at: string;
  made_by: string;
  current_since: string | null;
  /** Who let it take over. */
  switched_by: string | null;
  /** Of a retired key: when the last certificate that it can have signed ends. */
  serves_until: string | null;
}

interface RegistrationTable {
  card_id: string;
  customer_id: string;
  state: RegistrationState;
  since: string;
  reason: string | null;
  login_password_hash: string;
  /** Tries since the last right password; counted before the password is looked at. */
  login_failures: number;
  next_login_at: string | null;
  last_login_at: string | null;
}

interface TransitionTable {
  transition_id: string;
  machine: 'card' | 'certificate' | 'registration';
  card_id: string;
  from_state: string | null;
  to_state: string;
  at: string;
  station_id: string;
  officer_id: string;
  why: string;
  request_id: string;
}

interface IdempotencyTable {
  station_id: string;
  idempotency_key: string;
  request_sha256: string;
  /** JSON of the Result that was answered. */
  answer: string;
  created_at: string;
}

interface ChallengeTable {
  challenge_id: string;
  card_id: string;
  nonce: string;
  expires_at: string;
  used_at: string | null;
}

interface ManagementAuthenticationTable {
  authentication_id: string;
  station_id: string;
  medium_identity: string;
  key_version: string;
  /** What the key that was tried comes from; null: the factory. */
  origin: string | null;
  /** SHA-256 of the answer only the right key gives. */
  expected_sha256: string;
  expires_at: string;
  used_at: string | null;
}

/** Master keys of the cards, one version after the other. */
interface MasterKeyTable {
  version: number;
  /** `hkdf-sha256`: of a bank that was set up before there were versions. */
  algorithm: MasterKeyAlgorithm | 'hkdf-sha256';
  place: 'file' | 'token';
  /** Its label in the HSM, or its file. */
  name: string;
  /** Key check value, 6 capital hex digits. */
  check_value: string;
  /** `entered`: nothing comes from it yet. `retired`: it serves the cards it has, and no new one. */
  state: 'entered' | 'current' | 'retired';
  made_at: string;
  /** JSON: who entered its components; `set-up` for the first. */
  made_by: string;
  current_since: string | null;
}

/** What people did with master keys, for ever; nothing of a key but check values. */
/** Of before there was `key_events`, which begins with what is here. */
interface MasterKeyEventTable {
  event_id: string;
  version: number;
  at: string;
  kind: 'made' | 'component-entered' | 'entered' | 'abandoned' | 'activated';
  /** JSON: who did it, all of them. */
  officers: string;
  /** Check value of the component or key; JSON. */
  detail: string;
}

/** `changing`: a command is on its way to the card, and whether it took it is not known yet. */
export type KeyState = 'factory' | 'changing' | 'diversified';

/** Which secrets a card has. No row: it is as it left the factory. */
interface ManagedCardTable {
  medium_identity: string;
  management_key: KeyState;
  puk: KeyState;
  channel_keys: KeyState;
  /**
   * What the card's own secrets come from, JSON (`Origin`); while one is changing, what it shall come from. Null: the
   * factory, or, in rows from before there were several master keys, the first of them.
   */
  management_key_origin: string | null;
  puk_origin: string | null;
  channel_keys_origin: string | null;
  /** While one of the bank's own keys takes another's place: what the card had before. */
  management_key_before: string | null;
  channel_keys_before: string | null;
  quarantined_at: string | null;
  quarantine_reason: string | null;
  /** The station where the card refused. */
  quarantined_by: string | null;
  updated_at: string;
}

/** A card that was prepared for the stock; whether it still is so, other tables say. */
interface StockCardTable {
  medium_identity: string;
  medium_kind: MediumKind;
  medium_serial: string;
  state: 'prepared' | 'blank';
  since: string;
  officer_id: string;
  station_id: string;
}

/** The packages of the bank's that are on cards, as they were last read back. */
interface CardAppletTable {
  medium_identity: string;
  package_aid: string;
  version: string;
  since: string;
  officer_id: string;
  station_id: string;
}

/** What happened to a card's keys, for ever. */
interface CardEventTable {
  event_id: string;
  medium_identity: string;
  at: string;
  kind: CardEvent['kind'];
  station_id: string;
  officer_id: string | null;
  /** JSON: reason, finding, attempts. */
  detail: string;
  request_id: string;
}

interface QuarantineReleaseTable {
  release_id: string;
  medium_identity: string;
  /** Unique while it waits, null after: one question at a time about one card. */
  pending_for: string | null;
  state: 'pending' | 'released' | 'refused';
  finding: QuarantineFinding;
  reason: string;
  asked_by: string;
  asked_at: string;
  station_id: string;
  decided_by: string | null;
  decided_at: string | null;
  decision_reason: string | null;
  /** The decision as the officer's card signed it: a `SignedAct`, JSON; null where none was needed. */
  signed_act: string | null;
}

/** Officers' own cards; evidence, kept for ever. */
interface OfficerCardTable {
  certificate_sha256: string;
  certificate_serial: string;
  officer_id: string;
  /** The officer's number while this card is active, null else; unique: one active card each. */
  live_officer: string | null;
  name: string;
  role: OfficerRole;
  branch: string;
  medium_identity: string;
  medium_serial: string;
  station_id: string;
  state: OfficerCardState;
  issued_at: string;
  issued_by: string;
  /** The order as another officer's card signed it: a `SignedAct`, JSON; null for a first one. */
  signed_order: string | null;
  /** SHA-256 of that order's text; unique: one order, one card. */
  order_sha256: string | null;
  activated_at: string | null;
  not_after: string;
  ended_at: string | null;
  ended_by: string | null;
  reason: string | null;
  signed_end: string | null;
}

/** Written once; `used_at` when the code has served. */
/** A station's second log and every further one; the first one's tree has the station's id. */
interface StationLogTable {
  tree: string;
  station_id: string;
  begun_at: string;
  begun_by: string;
}

interface ManagerAdmissionTable {
  admission_id: string;
  station_id: string;
  officer_id: string;
  admitted_by: string;
  admitted_at: string;
  used_at: string | null;
  /** Of a successor: whose place it is, and the name under which the officer is entered. */
  instead_of: string | null;
  name: string | null;
}

/** A secure channel to a card between two requests; no key is in it. Bytes are lower-case hex. */
interface SecureChannelTable {
  channel_id: string;
  station_id: string;
  medium_identity: string;
  secret_version: 'factory' | 'diversified';
  /** What its keys come from; null: the factory. */
  origin: string | null;
  key_type: 'aes' | '3des';
  host_challenge: string;
  initialize_update: string;
  level: number;
  domain_aid: string | null;
  announced_options: number | null;
  /** JSON: MAC chain, counter, answers that are still to come. */
  state: string;
  /** JSON: the package whose blocks are on their way; null: none. */
  loading: string | null;
  /** Optimistic lock: every request adds one. */
  version: number;
  expires_at: string;
}

interface LoginSessionTable {
  /** SHA-256 of the cookie's value. */
  session_sha256: string;
  card_id: string;
  /** arrival, recognise: between the client and the bank's page after a login with a random number. */
  stage: 'password' | 'arrival' | 'recognise' | 'signed-in';
  csrf_token: string;
  created_at: string;
  expires_at: string;
  /** Shown in the menu: when the customer was here before. */
  previous_login_at: string | null;
}

interface EnrolmentSecretTable {
  station_id: string;
  secret_hash: string;
  /** Tries since the secret was given out; counted before it is looked at. */
  failures: number;
  expires_at: string;
  /** SHA-256 of the public key that was enrolled with it; it serves for one key. */
  used_for: string | null;
}

interface EnrolmentRequestTable {
  /** SHA-256 of profile and public key: the same request again is the same row. */
  request_id: string;
  station_id: string;
  profile: string;
  subject: string;
  state: 'pending' | 'approved' | 'refused';
  requested_at: string;
  decided_by: string | null;
  decided_at: string | null;
  /** The certificate, once it was fetched. */
  serial: string | null;
}

/** RFC 6962, 3.5, over the leaves of one station's audit chain. */
interface TreeHeadTable {
  station_id: string;
  size: number;
  /** Hex. */
  root: string;
  /** Milliseconds since 1970. */
  time: number;
  /** base64 of the bank's signature over `encodeTreeHead`. */
  signature: string;
}

/** A chain begun anew at the counter; keys and chain only until it is in force or withdrawn. */
interface ChainMoveTable {
  move_id: string;
  card_id: string;
  /** The chain of the issuance is 1. */
  epoch: number;
  state: 'begun' | 'in-force' | 'withdrawn';
  keys: string | null;
  chain: string | null;
  pin_check_id: string;
  reason: string;
  officer_id: string;
  station_id: string;
  begun_at: string;
  ended_at: string | null;
}
export type ChainMoveRow = Selectable<ChainMoveTable>;

interface OtpChainTable {
  card_id: string;
  /** Optimistic lock: every challenge and every answer adds one. */
  version: number;
  /** Sealed: JSON of the ChainKeys in hex. */
  keys: string;
  /** Sealed: JSON of the BankChain. */
  state: string;
}

interface TransferOrderTable {
  order_id: string;
  card_id: string;
  customer_id: string;
  payer: string;
  payee: string;
  payee_name: string;
  amount: number;
  currency: string;
  memo: string;
  /** confirmed: the customer has signed, the booking is under way; a cut there is made good by the next reader. */
  state: 'waiting' | 'confirmed' | 'booked' | 'refused' | 'expired';
  /** Code of the ledger's refusal. */
  fault: string | null;
  /** JSON of the Receipt. */
  receipt: string | null;
  /** JSON of the signed message, as evidence. */
  confirmation: string | null;
  created_at: string;
  expires_at: string;
  decided_at: string | null;
}

/** A notification that has not been delivered yet; it is deleted once it was. */
interface OutboxTable {
  notification_id: string;
  card_id: string;
  /** JSON of the Notification. */
  message: string;
  created_at: string;
  tries: number;
  /** Before this nobody takes it: somebody has it in hand, or its destination is given time. */
  next_try_at: string;
}

export type OutboxRow = Selectable<OutboxTable>;
export type CustomerRow = Selectable<CustomerTable>;
export type AccountRow = Selectable<AccountTable>;
export type ManagedCardRow = Selectable<ManagedCardTable>;
export type OfficerCardRow = Selectable<OfficerCardTable>;
export type QuarantineReleaseRow = Selectable<QuarantineReleaseTable>;
export type OtpChainRow = Selectable<OtpChainTable>;
export type SecureChannelRow = Selectable<SecureChannelTable>;
export type CardRow = Selectable<CardTable>;
export type MasterKeyRow = Selectable<MasterKeyTable>;
export type MasterKeyEventRow = Selectable<MasterKeyEventTable>;
export type IssuingKeyRow = Selectable<IssuingKeyTable>;
export type CertificateRow = Selectable<CertificateTable>;
export type RegistrationRow = Selectable<RegistrationTable>;
export type LoginSessionRow = Selectable<LoginSessionTable>;
export type TransferOrderRow = Selectable<TransferOrderTable>;
export type NewCustomer = Insertable<CustomerTable>;
export type NewAccount = Insertable<AccountTable>;

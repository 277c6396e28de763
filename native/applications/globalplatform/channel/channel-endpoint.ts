import type { CommandApdu, ResponseApdu } from '../../../../electron/shared/codec/index.ts';
import type { Result } from '../../../../electron/shared/result/index.ts';
import type {
  KeyChange,
  KeyChangeRequest,
  SecurityLevel,
} from '../../../../electron/shared/secure-channel/index.ts';

/**
 * Who holds the keys of a card's security domain. The station relays what this says and what the card
 * says; it never sees a key. Implemented here with keys in hand (`staticKeys`: factory keys, tests) and
 * by the bank's key service over HTTPS.
 *
 *     station                       card              keys
 *       │ ── INITIALIZE UPDATE ────▶ │                  │
 *       │ ◀── challenge, cryptogram ─│                  │
 *       │ ── open ──────────────────────────────────── ▶│  checks the card's cryptogram
 *       │ ◀─────────────────────── EXTERNAL AUTHENTICATE│
 *       │ ── EXTERNAL AUTHENTICATE ─▶│                  │
 *       │ ── wrap(commands) ───────────────────────────▶│
 *       │ ◀──────────────────────────── wrapped commands│
 *       │ ── each command ──────────▶│                  │
 *       │ ── unwrap(answers) ──────────────────────────▶│  checks each answer
 */
export interface SecureChannelKeys {
  /** What the card must say of its keys before they are tried; only what is known is compared. */
  readonly expected: ExpectedKeys;
  /** A fresh host challenge of 8 bytes, or 16 for a card in S16 mode, when the holder wants to draw it. */
  hostChallenge?(length: 8 | 16): Promise<Result<Uint8Array>>;
  /**
   * Faults: card-management-key-refused (the card proved other keys), card-bad-answer, card-unsupported,
   * and those of the way to the holder (bank-unreachable …).
   */
  open(request: ChannelRequest): Promise<Result<ChannelOpening>>;
}

export interface ExpectedKeys {
  /** Key version number; 00: whatever the card takes by default. */
  readonly version: number;
  readonly type?: '3des' | 'aes';
  /** Bytes of each key. */
  readonly length?: number;
  /** Key check values of ENC, MAC and DEK, 3 bytes each. */
  readonly checkValues?: readonly Uint8Array[];
}

export interface ChannelRequest {
  readonly hostChallenge: Uint8Array;
  /** Data of the answer to INITIALIZE UPDATE, as the card gave it. */
  readonly initializeUpdateResponse: Uint8Array;
  readonly level: SecurityLevel;
  readonly domainAid?: Uint8Array;
  /** Option bits "i" from the card recognition data; SCP02 cards tell them nowhere else. */
  readonly announcedOptions?: number;
}

export interface ChannelOpening {
  readonly externalAuthenticate: CommandApdu;
  readonly endpoint: ChannelEndpoint;
}

/** The keys' side of one opened channel. */
export interface ChannelEndpoint {
  readonly level: SecurityLevel;
  /** Longest plain data field that still fits a short APDU once it is wrapped, in bytes. */
  readonly maximumData: number;
  /** In the order in which they will be sent. Fault: bad-input, for a command that gets too long. */
  wrap(commands: readonly CommandApdu[]): Promise<Result<readonly CommandApdu[]>>;
  /** In the order of the commands. Fault: card-channel-broken, at the first answer that is not the card's. */
  unwrap(responses: readonly ResponseApdu[]): Promise<Result<readonly ResponseApdu[]>>;
  /** PUT KEY with the keys that shall come next, wrapped, and the plain answer that proves the card took them. */
  keyChange(request: KeyChangeRequest): Promise<Result<KeyChange>>;
  /** Forgets the session's keys. Never fails. */
  close(): Promise<void>;
}

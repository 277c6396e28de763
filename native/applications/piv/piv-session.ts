import type { Result } from '../../../electron/shared/result/index.ts';
import type { KeyAlgorithm, ManagementAlgorithm } from './algorithms.ts';
import type { ApplicationProperty } from './commands/select.ts';
import type { PinCounter } from './commands/verify.ts';
import type { PadTerms } from './commands/at-pad.ts';
import type { Metadata } from './commands/yubico.ts';
import type { PivCommands } from './commands/piv-command.ts';
import type { ManagementAuthenticator, SingleAuthenticator } from './management-authenticator.ts';
import type { Reference } from './pin.ts';
import type { PivSlot } from './slots.ts';

/**
 * The PIV application of a card in the words of SP 800-73-4. A power cycle or another application's SELECT
 * ends what was authenticated: open a new session then.
 *
 * Faults of every call: those of `CardLink.transmit`, card-bad-answer (not what the standard says),
 * card-unsupported (the card does not know the command), card-status (refused; `command`, `sw`, `meaning`).
 */
export interface PivSession {
  readonly application: ApplicationProperty;
  /** Selects the application again: PIN and management authentication are forgotten. */
  selectPiv(): Promise<Result<ApplicationProperty>>;

  // --- PIN and PUK: six to eight digits. Every try is a person's decision. ---

  /** Costs no try. `triesLeft` is absent where the card does not say. */
  readPinRetries(which: Reference): Promise<Result<PinCounter>>;
  /** Faults: card-pin-format, card-pin-last-try, card-pin-wrong {triesLeft}, card-pin-blocked. */
  verifyPin(pin: string, decision?: TryDecision): Promise<Result<void>>;
  /** The same at the reader's own keys, so that the PIN is never in this program; absent where it has none. */
  readonly atPad?: PivAtPad | undefined;
  /** Faults as `verifyPin`, for the old PIN. */
  changePin(oldPin: string, newPin: string, decision?: TryDecision): Promise<Result<void>>;
  /** Faults as `verifyPin`, for the old PUK. */
  changePuk(oldPuk: string, newPuk: string, decision?: TryDecision): Promise<Result<void>>;
  /** A new PIN with the PUK's help. Faults as `verifyPin`, for the PUK. */
  unblockPin(puk: string, newPin: string, decision?: TryDecision): Promise<Result<void>>;

  // --- the card management key, 9B ---

  /** Of the key on the card; `undefined` where it has none and is managed through a secure channel. */
  readManagementAlgorithm(): Promise<Result<ManagementAlgorithm | undefined>>;
  /** Mutual, one attempt. Fault: card-management-key-refused, by either side. */
  authenticateManagement(authenticator: ManagementAuthenticator): Promise<Result<void>>;

  /**
   * One attempt, for a card that knows no mutual authentication: it does not prove itself. Fault:
   * card-management-key-refused.
   */
  authenticateManagementSingly(authenticator: SingleAuthenticator): Promise<Result<void>>;
  /** Several commands in their order, up to the first that fails. */
  send: PivCommands['send'];

  /** SET MANAGEMENT KEY after authentication, as the keys' holder has made it. Faults: card-unsupported, bank-bad-answer. */
  setManagementKey(prepared: Uint8Array): Promise<Result<void>>;
  /** CHANGE REFERENCE DATA of the PUK, as the keys' holder has made it. Faults as `changePuk`, and bank-bad-answer. */
  setPuk(prepared: Uint8Array, decision?: TryDecision): Promise<Result<void>>;

  // --- keys ---

  /** After management authentication. The public key as SubjectPublicKeyInfo, DER. */
  generateKey(slot: PivSlot, algorithm: KeyAlgorithm): Promise<Result<Uint8Array>>;
  /**
   * Signs a hash after `verifyPin`: SHA-256 (32 bytes), with P-384 SHA-384 (48). P-256 and P-384: ECDSA, DER.
   * RSA: PKCS#1 v1.5. A card without a key there answers card-status or card-object-missing.
   */
  sign(slot: PivSlot, algorithm: KeyAlgorithm, digest: Uint8Array): Promise<Result<Uint8Array>>;
  /** The raw RSA operation on 256 or 384 bytes; the caller removes the padding. */
  decipher(slot: PivSlot, block: Uint8Array): Promise<Result<Uint8Array>>;
  /** ECDH with an uncompressed point of the key's curve: the shared x coordinate, 32 bytes on P-256, 48 on P-384. */
  agreeKey(slot: PivSlot, point: Uint8Array): Promise<Result<Uint8Array>>;

  // --- data objects: content without the wrapping tag 53; `undefined` when absent or empty ---

  readCertificate(slot: PivSlot): Promise<Result<Uint8Array | undefined>>;
  /** After management authentication. Faults: card-full. */
  writeCertificate(slot: PivSlot, der: Uint8Array): Promise<Result<void>>;
  getObject(tag: number): Promise<Result<Uint8Array | undefined>>;
  /** After management authentication; empty content removes the object. Faults: card-full. */
  putObject(tag: number, content: Uint8Array): Promise<Result<void>>;

  // --- extensions that modern tokens share with YubiKeys; `undefined` where the card has none ---

  version(): Promise<Result<string | undefined>>;
  /** Decimal, as printed on the token. */
  serial(): Promise<Result<number | undefined>>;
  /** The card's own certificate over the key in a slot, DER: `verifyAttestation` says what it is worth. */
  attest(slot: PivSlot): Promise<Result<Uint8Array | undefined>>;
  readMetadata(of: PivSlot | Reference | 'management-key'): Promise<Result<Metadata | undefined>>;
  /**
   * Back to the factory: keys, certificates, objects, PIN, PUK and 9B. Blocks PIN and PUK on purpose first,
   * because the card demands it; a card that cannot reset is left untouched. Can be called again after an
   * interruption. Fault: card-unsupported.
   */
  reset(): Promise<Result<void>>;
}

/**
 * What a person types at the reader. Faults of each: those of `PivSession.verifyPin`, pin-pad-timeout,
 * pin-pad-cancelled, pin-pad-mismatch; none of the three costs a try. card-unsupported {reason: pin-pad}: the reader
 * tells of keys and does not let them be used.
 */
export interface PivAtPad {
  verifyPin(terms?: PadTerms, decision?: TryDecision): Promise<Result<void>>;
  /** The old PIN, then the new one twice. Absent where the reader only verifies. */
  changePin?(terms?: PadTerms, decision?: TryDecision): Promise<Result<void>>;
  /** The new PIN twice, in the place of one that is known: the factory's. */
  setPin?(oldPin: string, terms?: PadTerms, decision?: TryDecision): Promise<Result<void>>;
}

/** Who took it on themselves to use the last try (an officer's or customer's id). */
export interface TryDecision {
  readonly lastTryConfirmedBy?: string;
}

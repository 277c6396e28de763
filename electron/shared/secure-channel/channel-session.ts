import type { CommandApdu, ResponseApdu } from '../codec/index.ts';
import type { Result } from '../result/index.ts';
import type { BlockCipher } from './block-cipher.ts';
import type { SecurityLevel } from './security-level.ts';

/** One opened channel, on the side that holds its keys. Answers are unwrapped in the order of the commands. */
export interface ChannelSession {
  readonly level: SecurityLevel;
  /** Longest plain data field that still fits a short APDU once it is wrapped; longer ones are wrapped too. */
  readonly maximumData: number;
  /** The cipher that keys and other secrets are put under before they travel (SCP02: of this session). */
  readonly dataEncryption: BlockCipher;
  /** Fault: bad-input, for a command that gets too long. */
  wrap(command: CommandApdu): Result<CommandApdu>;
  /** Fault: card-channel-broken, for an answer that this card did not give to this command. */
  unwrap(response: ResponseApdu): Result<ResponseApdu>;
  /** Where it stands, for `openSession` to go on from. */
  state(): SessionState;
}

/**
 * All of a session beside its keys. Nothing of it is secret: whoever holds the keys may keep it in a database
 * between two requests and make the session's keys anew.
 */
export interface SessionState {
  /** The last C-MAC, whole. */
  readonly chaining: Uint8Array;
  /** Commands wrapped so far. */
  readonly counter: number;
  /** What each command whose answer is still to come left behind for it. */
  readonly open: readonly OpenAnswer[];
  /** Protection of answers that an R-MAC session adds to the level; 0 without one. */
  readonly added: number;
  /** A wrong answer came: it is over. */
  readonly broken: boolean;
}

export interface OpenAnswer {
  readonly chaining: Uint8Array;
  readonly counter: number;
  /** What protects the answers after this one, when the card agrees; absent: as before. */
  readonly after?: number;
}

/** A session that the card's cryptogram has proven, and the EXTERNAL AUTHENTICATE that opens it on the card. */
export interface SessionOpening {
  readonly externalAuthenticate: CommandApdu;
  readonly session: ChannelSession;
}

/** What both sides know when the card has answered INITIALIZE UPDATE. */
export interface SessionRequest {
  /** Where an opened session stood; it begins anew when absent. */
  readonly resumed?: SessionState;
  readonly hostChallenge: Uint8Array;
  readonly level: SecurityLevel;
  /** AID of the selected security domain; with it a pseudo-random card challenge is checked. */
  readonly domainAid?: Uint8Array;
  /** Option bits "i" from the card recognition data; SCP02 cards tell them nowhere else. */
  readonly announcedOptions?: number;
}

import type { CommandApdu, ResponseApdu } from '../../../../electron/shared/codec/index.ts';
import type { Result } from '../../../../electron/shared/result/index.ts';
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
}

/** A session that the card's cryptogram has proven, and the EXTERNAL AUTHENTICATE that opens it on the card. */
export interface SessionOpening {
  readonly externalAuthenticate: CommandApdu;
  readonly session: ChannelSession;
}

/** What both sides know when the card has answered INITIALIZE UPDATE. */
export interface SessionRequest {
  readonly hostChallenge: Uint8Array;
  readonly level: SecurityLevel;
  /** AID of the selected security domain; with it a pseudo-random card challenge is checked. */
  readonly domainAid?: Uint8Array;
  /** Option bits "i" from the card recognition data; SCP02 cards tell them nowhere else. */
  readonly announcedOptions?: number;
}

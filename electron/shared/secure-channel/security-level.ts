/**
 * What a channel does to commands and answers (GPCS 2.3.1 table 10-1, Amendment D table 7-8):
 * 01 MAC on commands, 02 commands encrypted, 10 MAC on answers, 20 answers encrypted.
 */
export const securityLevels = [0x00, 0x01, 0x03, 0x11, 0x13, 0x33] as const;
export type SecurityLevel = (typeof securityLevels)[number];

export const COMMAND_MAC = 0x01;
export const COMMAND_ENCRYPTION = 0x02;
export const RESPONSE_MAC = 0x10;
export const RESPONSE_ENCRYPTION = 0x20;

/** A key or a customer's secret may travel in commands of this channel. */
export const isConfidential = (level: SecurityLevel): boolean => (level & COMMAND_ENCRYPTION) !== 0;

/** Answers carry a MAC, so that only the keys' holder can tell whether they are the card's. */
export const protectsAnswers = (level: SecurityLevel): boolean => (level & RESPONSE_MAC) !== 0;

/**
 * Status words that are no error: 9000 and the warnings 62xx, 63xx (GPCS 2.3.1 11.1.3). An error comes
 * as a bare status word, also on a channel that protects answers (Amendment D 6.2.5).
 */
export const isErrorStatus = (sw: number): boolean => {
  const first = sw >> 8;
  return sw !== 0x9000 && first !== 0x62 && first !== 0x63;
};

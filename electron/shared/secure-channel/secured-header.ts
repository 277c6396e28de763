import { concatBytes, type CommandApdu } from '../codec/index.ts';

/**
 * The class byte that says "secure messaging": 04 on the basic channels, 20 on the channels 4 to 19
 * (GPCS 2.3.1 table 11-11 and 11-12).
 */
export const securedClass = (cla: number): number => (cla & 0x40 ? cla | 0x20 : cla | 0x04);

/**
 * What a C-MAC covers (Amendment D 6.2.4, GPCS E.4.4): the secured header on channel zero, Lc as it is
 * sent, the data. Le is not covered.
 */
export const macInput = (command: CommandApdu, data: Uint8Array, macLength: number): Uint8Array => {
  const lc = data.length + macLength;
  const extended = lc > 255 || (command.le ?? 0) > 256;
  return concatBytes(
    new Uint8Array([(command.cla & 0x80) | 0x04, command.ins, command.p1, command.p2]),
    new Uint8Array(extended ? [0, lc >> 8, lc & 0xff] : [lc]),
    data,
  );
};

/** Plain bytes of the longest command that can be wrapped at all, padding and MAC included in 65 535. */
export const longestData = 0xffff - 32;

/** The command as it goes to the card: secured class, data and MAC. */
export const securedCommand = (command: CommandApdu, data: Uint8Array, mac: Uint8Array): CommandApdu => ({
  ...command,
  cla: securedClass(command.cla),
  data: concatBytes(data, mac),
});

import type { CommandApdu } from '../codec/index.ts';
import { RESPONSE_ENCRYPTION, RESPONSE_MAC } from './security-level.ts';

/*
 * R-MAC sessions: answers are protected for a while on a channel that was opened without (GPCS 2.3.1
 * appendix E.5; Amendment D 7.1).
 *
 *     80 7A P1 01   BEGIN R-MAC SESSION, P1: 10 MAC, 30 MAC and encryption. Its own answer is not protected yet.
 *     80 78 00 03   END R-MAC SESSION. Its answer is the last that is.
 */

export const beginResponseSession = (how: 'mac' | 'mac-and-encryption'): CommandApdu => ({
  cla: 0x80,
  ins: INS_BEGIN,
  p1: how === 'mac' ? RESPONSE_MAC : RESPONSE_MAC | RESPONSE_ENCRYPTION,
  p2: 0x01,
});

export const endResponseSession = (): CommandApdu => ({ cla: 0x80, ins: INS_END, p1: 0x00, p2: 0x03 });

/** What a command does to the protection of the answers after its own: bits to add, 0 to go back; `undefined`: nothing. */
export const protectionAfter = ({ cla, ins, p1 }: CommandApdu): number | undefined => {
  if ((cla & 0x80) === 0) return undefined;
  if (ins === INS_BEGIN) return p1 & (RESPONSE_MAC | RESPONSE_ENCRYPTION);
  return ins === INS_END ? 0 : undefined;
};

const INS_BEGIN = 0x7a;
const INS_END = 0x78;

import type { ApduPipe } from './apdu-pipe.ts';

/**
 * Long commands in pieces of 255 bytes (ISO/IEC 7816-4 §5.3.3), which every PIV card takes; extended
 * APDUs are not used, because not every card and reader has them.
 *
 *     1x INS P1 P2 FF <255 bytes>     1x INS P1 P2 FF <255 bytes>     0x INS P1 P2 Lc <rest> [Le]
 */
export const commandChaining = (below: ApduPipe): ApduPipe => ({
  async send(command, options) {
    const { data, le, ...header } = command;
    const shortLe = le === undefined ? {} : { le: Math.min(le, 256) };
    if (data === undefined || data.length <= pieceLength)
      return below.send({ ...command, ...shortLe }, options);
    let at = 0;
    for (; data.length - at > pieceLength; at += pieceLength) {
      const piece = data.subarray(at, at + pieceLength);
      const answer = await below.send({ ...header, cla: header.cla | 0x10, data: piece }, options);
      // A refusal in the middle is the answer to the whole command.
      if (!answer.ok || answer.value.sw !== 0x9000) return answer;
    }
    return below.send({ ...header, data: data.subarray(at), ...shortLe }, options);
  },
});

const pieceLength = 255;

import { concatBytes, type CommandApdu } from '../../electron/shared/codec/index.ts';
import { fail, ok } from '../../electron/shared/result/index.ts';
import type { ApduPipe } from './apdu-pipe.ts';

/**
 * Collects long answers (61xx: GET RESPONSE, ISO/IEC 7816-4 §11.7.1) and repeats a command once with the
 * length the card asks for (6Cxx).
 */
export const getResponse = (below: ApduPipe): ApduPipe => ({
  async send(command, options) {
    let answer = await below.send(command, options);
    if (!answer.ok) return answer;
    if (answer.value.sw >> 8 === 0x6c && mayRepeat(command)) {
      answer = await below.send({ ...command, le: answer.value.sw & 0xff || 256 }, options);
      if (!answer.ok) return answer;
    }
    const parts = [answer.value.data];
    let { sw } = answer.value;
    for (let round = 0; sw >> 8 === 0x61; round++) {
      // 65 536 bytes in pieces of 256: a card that goes on after that never ends.
      if (round > 256) return fail('card-bad-answer', { what: 'get-response' });
      const more = await below.send(
        { cla: command.cla & 0x03, ins: 0xc0, p1: 0, p2: 0, le: sw & 0xff || 256 },
        options,
      );
      if (!more.ok) return more;
      if (more.value.data.length === 0 && more.value.sw >> 8 === 0x61)
        return fail('card-bad-answer', { what: 'get-response' });
      parts.push(more.value.data);
      sw = more.value.sw;
    }
    return ok({ data: concatBytes(...parts), sw });
  },
});

/** Never a PIN by software alone, whatever the card says: VERIFY, CHANGE and RESET RETRY COUNTER. */
const mayRepeat = ({ ins }: CommandApdu): boolean => ins !== 0x20 && ins !== 0x24 && ins !== 0x2c;

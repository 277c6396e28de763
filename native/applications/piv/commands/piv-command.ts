import type { CommandApdu, ResponseApdu } from '../../../../electron/shared/codec/index.ts';
import type { Result } from '../../../../electron/shared/result/index.ts';
import type { ApduPipe } from '../../../pipe/index.ts';

/** A command only builds its APDU and reads its answer, so byte arrays alone are enough to test it. */
export interface PivCommand<T> {
  readonly apdu: CommandApdu;
  /** Where the card may take longer than a driver usually waits. */
  readonly timeoutMs?: number;
  /** Reads the answer, whatever its status word. */
  parse(response: ResponseApdu): Result<T>;
}

export const run = async <T>(pipe: ApduPipe, command: PivCommand<T>): Promise<Result<T>> => {
  const answer = await pipe.send(
    command.apdu,
    command.timeoutMs === undefined ? undefined : { timeoutMs: command.timeoutMs },
  );
  return answer.ok ? command.parse(answer.value) : answer;
};

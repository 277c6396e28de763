import type { CommandApdu, ResponseApdu } from '../../../../electron/shared/codec/index.ts';
import { ok, type Result } from '../../../../electron/shared/result/index.ts';
import type { ApduPipe } from '../../../pipe/index.ts';

/** A command only builds its APDU and reads its answer, so byte arrays alone are enough to test it. */
export interface PivCommand<T> {
  readonly apdu: CommandApdu;
  /** Where the card may take longer than a driver usually waits. */
  readonly timeoutMs?: number;
  /** Reads the answer, whatever its status word. */
  parse(response: ResponseApdu): Result<T>;
}

/** What a list of commands gives, in its order. */
export type PivAnswers<Commands extends readonly PivCommand<unknown>[]> = {
  -readonly [Index in keyof Commands]: Commands[Index] extends PivCommand<infer Value> ? Value : never;
};

/** Whatever carries commands to the application: plainly after an authentication, or inside a secure channel. */
export interface PivCommands {
  send<const Commands extends readonly PivCommand<unknown>[]>(
    ...commands: Commands
  ): Promise<Result<PivAnswers<Commands>>>;
}

/** All of them, or the fault of the first that fails. */
export const runAll = async <const Commands extends readonly PivCommand<unknown>[]>(
  pipe: ApduPipe,
  commands: Commands,
): Promise<Result<PivAnswers<Commands>>> => {
  const answers: unknown[] = [];
  for (const command of commands) {
    const answer = await run(pipe, command);
    if (!answer.ok) return answer;
    answers.push(answer.value);
  }
  // In the order of the commands: the compiler cannot follow a loop through a tuple.
  return ok(answers as PivAnswers<Commands>);
};

export const run = async <T>(pipe: ApduPipe, command: PivCommand<T>): Promise<Result<T>> => {
  const answer = await pipe.send(
    command.apdu,
    command.timeoutMs === undefined ? undefined : { timeoutMs: command.timeoutMs },
  );
  return answer.ok ? command.parse(answer.value) : answer;
};

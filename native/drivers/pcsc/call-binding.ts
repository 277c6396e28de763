import { fail, ok, type Failed, type Result } from '../../../electron/shared/result/index.ts';

/**
 * One call of the binding as a Result, with a time limit of ours: the binding has none, and a card that
 * never answers keeps it waiting beyond any patience.
 * @param late is called with what arrives after the limit.
 */
export const callBinding = <T>(
  timeoutMs: number,
  start: (done: (error: unknown, value: T) => void) => void,
  toFault: (error: unknown) => Failed,
  late?: (value: T) => void,
): Promise<Result<T>> =>
  new Promise((resolve) => {
    let settled = false;
    const settle = (result: Result<T>): void => {
      if (settled) {
        if (result.ok) late?.(result.value);
        return;
      }
      settled = true;
      clearTimeout(limit);
      resolve(result);
    };
    const limit = setTimeout(() => settle(fail('card-timeout')), timeoutMs);
    // A promise resolved inside a callback of this binding never continues (V8 14.6): one turn later.
    const done = (error: unknown, value: T): void =>
      void setImmediate(() => settle(error ? toFault(error) : ok(value)));
    try {
      start(done);
    } catch (error) {
      settle(toFault(error)); // it throws for a reader that has just gone
    }
  });

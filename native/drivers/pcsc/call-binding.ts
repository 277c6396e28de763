import { fail, ok, type Failed, type Result } from '../../../electron/shared/result/index.ts';

/**
 * One call of a binding as a Result, with a time limit of ours: no binding has one, and a card that never
 * answers keeps it waiting beyond any patience.
 * @param late is called with what arrives after the limit.
 */
export const callBinding = <T>(
  timeoutMs: number,
  start: (answer: (value: T) => void, refuse: (error: unknown) => void) => void,
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
    // A promise resolved inside a callback of pcsclite never continues (V8 14.6): one turn later.
    const later = (result: Result<T>): void => void setImmediate(() => settle(result));
    const refuse = (error: unknown): void => later(toFault(error));
    try {
      start((value) => later(ok(value)), refuse);
    } catch (error) {
      settle(toFault(error)); // it throws for a reader that has just gone
    }
  });

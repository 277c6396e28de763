import type { Fault, FaultCode, FaultData } from './fault.ts';

/** What an operation that can fail returns. A throw is a bug, never an expected failure. */
export type Result<T> = Ok<T> | Failed;

export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Failed {
  readonly ok: false;
  readonly fault: Fault;
}

export function ok(): Ok<void>;
export function ok<T>(value: T): Ok<T>;
export function ok<T>(value?: T): Ok<T | undefined> {
  return { ok: true, value };
}

/** A failure with its code from the fault table; `data` holds only what a person may see. */
export function fail(code: FaultCode, data: FaultData = {}): Failed {
  return { ok: false, fault: { code, data } };
}
